package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/config"
	"leeward/zones"
	"leeward/zones/delegation"
	"leeward/zones/delegation/survey"
)

// patience is how long a name server has for an answer.
const patience = 2 * time.Second

// delegationCheck is what a check of a delegation was told on the command line.
type delegationCheck struct {
	zone        string // "": nothing of the kind is asked for
	servers     []string
	parents     []string
	resolvers   []string
	undelegated bool
}

func (d *delegationCheck) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&d.zone, "delegation", "", "test the delegation of this `ZONE` as registries do, by asking its servers")
	flags.StringArrayVar(&d.servers, "server", nil, "with --delegation: a name server's address, `NAME=ADDR[:PORT]`; may be repeated")
	flags.StringArrayVar(&d.parents, "parent", nil, "with --delegation: a server of the parent zone, `ADDR[:PORT]` (default: looked up)")
	flags.StringArrayVar(&d.resolvers, "resolver", nil, "with --delegation: a resolver, `ADDR[:PORT]` (default: those of this host)")
	flags.BoolVar(&d.undelegated, "undelegated", false, "with --delegation: do not ask the parent; the name servers are those of --server, else of the zone file")
}

// misused says which of the flags was given without --delegation, "" for none.
func (d *delegationCheck) misused() string {
	switch {
	case len(d.servers) > 0:
		return "--server"
	case len(d.parents) > 0:
		return "--parent"
	case len(d.resolvers) > 0:
		return "--resolver"
	case d.undelegated:
		return "--undelegated"
	}
	return ""
}

// run tests the delegation and tells what it found. The error is that something is bad.
func (d *delegationCheck) run(cmd *cobra.Command, file string, asJSON, strict bool) error {
	s, err := d.survey(cmd, file)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	facts, err := s.Run(ctx)
	if errors.Is(err, survey.ErrNobody) {
		return usageError{fmt.Errorf("%w (name its servers with --server NAME=ADDR, or its configuration with --config)", err)}
	}
	if err != nil {
		return err
	}
	report := delegation.Judge(facts)
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), report)
	} else {
		printDelegation(cmd.OutOrStdout(), report)
	}
	if err != nil {
		return err
	}
	warned := func(f delegation.Finding) bool { return f.Level == delegation.Warning }
	if !report.Good || strict && slices.ContainsFunc(report.Findings, warned) {
		return errSaid
	}
	return nil
}

func (d *delegationCheck) survey(cmd *cobra.Command, file string) (*survey.Survey, error) {
	zone, err := zones.ParseName(d.zone)
	if err != nil {
		return nil, usageError{err}
	}
	s := &survey.Survey{Zone: zone.Lower().String(), Known: map[string][]netip.AddrPort{}, Undelegated: d.undelegated,
		Patience: patience}
	for _, text := range d.servers {
		name, at, found := strings.Cut(text, "=")
		host, err := zones.ParseName(name)
		addr, badAddr := address(at)
		if !found || err != nil || badAddr != nil {
			return nil, usageError{fmt.Errorf("--server %q is not NAME=ADDR[:PORT], such as ns1.example.com=192.0.2.53", text)}
		}
		s.Known[host.Lower().String()] = append(s.Known[host.Lower().String()], addr)
	}
	if s.Parent, err = addresses("--parent", d.parents); err != nil {
		return nil, err
	}
	if s.Resolvers, err = addresses("--resolver", d.resolvers); err != nil {
		return nil, err
	}
	if len(s.Resolvers) == 0 {
		s.Resolvers = survey.SystemResolvers()
	}
	cfg, err := loadConfig(file, nil)
	switch {
	case err != nil && cmd.Flags().Changed("config"):
		return nil, err
	case err != nil:
		return s, nil // nobody has named it: it may not be there, or not be for this user
	}
	if len(cfg.Colos) > 0 {
		s.Colo = coloOf(cfg)
	}
	s.Listed = listed(cfg, zone.Lower())
	return s, nil
}

func addresses(flag string, texts []string) ([]netip.AddrPort, error) {
	var all []netip.AddrPort
	for _, text := range texts {
		addr, err := address(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s %q is not ADDR[:PORT], such as 192.0.2.53 or [2001:db8::53]:5300", flag, text)}
		}
		all = append(all, addr)
	}
	return all, nil
}

// address reads an address with or without a port, which is 53 then.
func address(text string) (netip.AddrPort, error) {
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return netip.AddrPortFrom(addr.Unmap(), 53), nil
	}
	return netip.ParseAddrPort(text)
}

// coloOf says in which colo of the configuration an address lies.
func coloOf(cfg *config.Config) func(netip.Addr) string {
	return func(addr netip.Addr) string {
		best, bits := "", -1
		for _, colo := range cfg.Colos {
			for _, uplink := range colo.Uplinks {
				for _, prefix := range uplink.Prefixes {
					if prefix.Contains(addr) && prefix.Bits() > bits {
						best, bits = colo.Name, prefix.Bits()
					}
				}
			}
		}
		return best
	}
}

// listed are the name servers of a zone by its file, with the addresses that stand there, nil if it has no good one.
func listed(cfg *config.Config, origin zones.Name) map[string][]netip.Addr {
	file := filepath.Join(cfg.Zones.Directory, strings.TrimSuffix(origin.String(), ".")+".zone")
	for _, f := range cfg.Zones.Files {
		if f.Origin == origin.String() {
			file = f.File
		}
	}
	z, _, err := zones.Parse(zones.Source{Origin: origin, File: file})
	if err != nil {
		return nil
	}
	servers := map[string][]netip.Addr{}
	set := z.Lookup([]byte(origin), dns.TypeNS).Set
	for i := range set.Len() {
		host := zones.Name(set.RData(i)).Lower()
		servers[host.String()] = nil
		for _, rrtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			if !dns.IsSubDomain(origin.String(), host.String()) {
				continue
			}
			found := z.Lookup([]byte(host), rrtype)
			if found.Kind != zones.Answer {
				continue
			}
			for k := range found.Set.Len() {
				addr, _ := netip.AddrFromSlice(found.Set.RData(k)) // 4 or 16 octets, checked when it was read
				servers[host.String()] = append(servers[host.String()], addr)
			}
		}
	}
	return servers
}

// printDelegation tells the findings, those of the delegation first, then those of each server.
func printDelegation(out io.Writer, report delegation.Report) {
	count := map[delegation.Level]int{}
	server := ""
	fmt.Fprintf(out, "delegation of %s\n", report.Zone)
	for _, f := range report.Findings {
		if f.Server != server {
			server = f.Server
			fmt.Fprintf(out, "\n%s\n", server)
		}
		count[f.Level]++
		fmt.Fprintf(out, "  %-8s %-10s %s\n", f.Level, f.Rule, f.Text)
		if f.Do != "" {
			fmt.Fprintf(out, "  %-8s %-10s -> %s\n", "", "", f.Do)
		}
	}
	if len(report.Publish) > 0 {
		fmt.Fprintf(out, "\nfor the parent to publish\n")
		for _, rr := range report.Publish {
			fmt.Fprintf(out, "  %s\n", rr)
		}
	}
	verdict := "nothing for which registries refuse"
	if !report.Good {
		verdict = "registries refuse this"
	}
	fmt.Fprintf(out, "\n%s: errors %d, warnings %d, notes %d: %s\n", report.Zone, count[delegation.Error],
		count[delegation.Warning], count[delegation.Note], verdict)
}
