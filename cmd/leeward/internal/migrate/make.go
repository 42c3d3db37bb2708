package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// File is a file that was made.
type File struct {
	Name string // relative to the directory of all of them, with slashes
	Text string
}

// The files, beside those of zones.
const (
	ConfigFile = "leeward.yaml"
	netsFile   = "nets.txt"
	listFile   = "not-carried-over.txt"
	zonesDir   = "zones"
)

// Result is what was made of a site.
type Result struct {
	Files []File
	Lost  []Note // what could not be carried over, in the order of places
	To    []Note // what is left to do
}

// Make makes a configuration, the zones and the list of what could not be carried over. locate says where an address is
// registered; it is asked for colos whose place the peer does not say.
func (s *Site) Make(locate func(netip.Addr) (steering.Location, bool)) (*Result, error) {
	n := s.layout(locate)
	check := s.check()
	asks := steering.Check{}
	if check != nil {
		asks = check.Check
	}
	others := s.otherChecks(check)
	net, err := steering.NewNetwork(n.colos, asks)
	if err == nil {
		net, err = net.WithChecks(others.byWord())
	}
	if err != nil {
		return nil, fmt.Errorf("what %s has makes no network: %w", s.Peer, err)
	}
	var zones []File
	seen := map[string]Place{}
	for _, z := range s.Zones {
		if before, twice := seen[strings.ToLower(z.Origin)]; twice {
			return nil, z.At.Errorf("zone %s: it stands in %s already", z.Origin, before)
		}
		seen[strings.ToLower(z.Origin)] = z.At
		zones = append(zones, File{zonesDir + "/" + zoneFile(z.Origin), s.zoneText(z, making{n, net, check, others})})
	}
	nets := s.netsText(net)
	files := []File{{ConfigFile, s.configText(n, check, others, nets != "")}}
	if nets != "" {
		files = append(files, File{netsFile, nets})
	}
	r := &Result{Lost: s.Lost, To: s.leftToDo(n, net, check)}
	slices.SortStableFunc(r.Lost, func(a, b Note) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
	r.Files = append(append(files, zones...), File{listFile, r.List(s.Peer)})
	return r, nil
}

// check is the check that most names want, the first of several; nil if none wants one.
func (s *Site) check() (most *Check) {
	count := map[string]int{}
	for w := range s.wants() {
		if w.Check == nil {
			continue
		}
		count[w.Check.key()]++
		if most == nil || count[w.Check.key()] > count[most.key()] {
			most = w.Check
		}
	}
	return most
}

// leftToDo is what no peer knows, and whoever runs Leeward does.
func (s *Site) leftToDo(n *network, net *steering.Network, check *Check) (to []Note) {
	add := func(what, instead string) { to = append(to, Note{What: what, Instead: instead}) }
	var unknown, guessed, silent, several []string
	checked := map[int]bool{} // colos with addresses that some check probes
	for w := range s.wants() {
		for _, a := range w.addrs() {
			checked[n.of[a]] = checked[n.of[a]] || w.Check != nil
		}
	}
	for i, c := range n.colos {
		switch {
		case n.known[i]:
		case c.Location == (steering.Location{}):
			unknown = append(unknown, c.Name)
		default:
			guessed = append(guessed, c.Name)
		}
		switch probes := len(c.Uplinks[0].Probe); {
		case probes == 0 && !checked[i]:
			silent = append(silent, c.Name)
		case probes > 1:
			several = append(several, c.Name)
		}
	}
	if len(n.colos) > 0 {
		add("upstreams", "name your real upstreams: no peer knows them. Each colo has one upstream of its own name in "+ConfigFile+
			"; colos that share a provider fail together only if they name it. The prefixes are single addresses: widen them")
	}
	if len(unknown) > 0 {
		add("locations of "+strings.Join(unknown, ", "), "put their latitude and longitude into "+ConfigFile+": 0, 0 stands there")
	}
	if len(guessed) > 0 {
		add("locations of "+strings.Join(guessed, ", "), "put their latitude and longitude into "+ConfigFile+
			": what stands there is the country in which their addresses are registered")
	}
	if len(silent) > 0 {
		add("probes of "+strings.Join(silent, ", "), s.Peer+" does not probe them, so that they are never found down: put addresses at probe:")
	}
	if len(several) > 0 {
		add("probes of "+strings.Join(several, ", "),
			"several addresses of one colo are probed, and the colo is down when one of them is: leave "+
				"those that make it so, or make uplinks of them")
	}
	return to
}

// making is what all zones are made with.
type making struct {
	*network
	net   *steering.Network
	check *Check
	other otherChecks
}

// zoneText is a zone in the form of RFC 1035.
func (s *Site) zoneText(z *Zone, m making) string {
	policies := map[string]string{}
	for _, owner := range slices.Sorted(maps.Keys(z.wants)) {
		if text := s.policy(z.Relative(owner), z.wants[owner], m); text != "" {
			policies[owner] = text
		}
	}
	s.shield(z, policies, m.net)
	for owner := range policies {
		if _, ok := dns.IsDomainName("_steer." + owner); !ok {
			s.Lose(z.At, "the policy of "+owner, "", "the name is too long for a _steer record")
			delete(policies, owner)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "; Made by leeward import %s from %s.\n$ORIGIN %s\n", s.Peer, comment(z.At.String()), z.Origin)
	for _, e := range z.entries {
		if e.record == nil {
			fmt.Fprintf(&b, ";%s\n", comment(e.comment))
			continue
		}
		if e.alias {
			s.alias(&b, z, e)
			continue
		}
		owner := strings.ToLower(e.record.Header().Name)
		if text := policies[owner]; text != "" && (e.want != nil || isAddress(e.record)) {
			if w := z.wants[owner]; w != nil && w.Was != "" {
				fmt.Fprintf(&b, "; %s\n", comment(w.Was))
			}
			writeRecord(&b, z, steerRecord(e.record.Header(), text), "")
			delete(policies, owner)
		}
		behind := e.comment
		if addr, ok := addrOf(e.record); ok && e.want != nil {
			if name := m.colos[m.of[addr]].Name; name != addr.String() {
				behind = " " + name
			}
		}
		writeRecord(&b, z, e.record, behind)
	}
	return b.String()
}

func isAddress(rr dns.RR) bool {
	_, ok := addrOf(rr)
	return ok
}

// writeRecord writes a record, its owner relative to the origin.
func writeRecord(b *strings.Builder, z *Zone, rr dns.RR, behind string) {
	h := rr.Header()
	if data, ok := strings.CutPrefix(rr.String(), h.String()); ok {
		fmt.Fprintf(b, "%-15s %5d IN %-5s %s", z.Relative(h.Name), h.Ttl, dns.Type(h.Rrtype), data)
	} else {
		b.WriteString(rr.String()) // of a type that has no name (RFC 3597)
	}
	if behind != "" {
		b.WriteString(" ;" + comment(behind))
	}
	b.WriteByte('\n')
}

// steerRecord is the TXT record of a policy, in strings of at most 255 octets.
func steerRecord(of *dns.RR_Header, text string) dns.RR {
	var parts []string
	for part := range slices.Chunk([]byte(text), 255) {
		parts = append(parts, string(part))
	}
	h := dns.RR_Header{Name: "_steer." + of.Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: of.Ttl}
	return &dns.TXT{Hdr: h, Txt: parts}
}
