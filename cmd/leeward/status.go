package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func statusCommand() *cobra.Command {
	var at server
	var votes bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what the node knows: colos, services, upstreams, members, zones, files of the map, overrides",
		Example: `  leeward status
  leeward status --votes                        with the votes behind every verdict
  leeward status --json | jq .upstreams
  leeward status --admin http://127.0.0.1:9353  the demo's first node`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			status, err := client.Status()
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), status)
			}
			printStatus(cmd.OutOrStdout(), status, votes)
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().BoolVar(&votes, "votes", false, "show the votes behind every verdict")
	return cmd
}

func printStatus(out io.Writer, s admin.Status, votes bool) {
	where := "in no colo"
	if s.Colo != "" {
		where = "in " + s.Colo
	}
	fmt.Fprintf(out, "node %s %s, leeward %s, since %s UTC\n", s.Node, where, s.Version, clock(s.Started))
	if s.NetworkDigest != "" {
		fmt.Fprintf(out, "network %s, verdicts %s\n", s.NetworkDigest, s.VerdictDigest)
	}
	for _, i := range s.Incidents {
		fmt.Fprintf(out, "! incident since %s: %s (leeward incidents %s)\n", clock(i.Start), i.Title, i.ID)
	}
	for _, problem := range s.Problems {
		fmt.Fprintf(out, "! %s\n", problem)
	}
	printUplinks(out, s, votes)
	printDemand(out, s)
	printServices(out, s, votes)
	printUpstreams(out, s)
	printMembers(out, s)
	printZones(out, s)
	printGeo(out, s)
	printOverrides(out, s)
	if len(s.Challenges) > 0 {
		fmt.Fprintln(out)
		printChallenges(out, s.Challenges)
	}
}

func printUplinks(out io.Writer, s admin.Status, votes bool) {
	if len(s.Colos) == 0 {
		return
	}
	t := begin(out, "uplink", "verdict", "measured", "since", "reason")
	for _, c := range s.Colos {
		for _, u := range c.Uplinks {
			verdict := u.Verdict.String()
			if u.Stale {
				verdict += " (stale)"
			}
			t.row(uplinkName(c.Name, u.Upstreams), verdict, u.Measured, clock(u.Since), u.Reason)
			if !votes {
				continue
			}
			for _, v := range u.Votes {
				t.row("  "+v.Observer, v.State, "", voteAge(v), v.Address+" "+v.Detail)
			}
		}
	}
	t.end()
}

func voteAge(v admin.Vote) string {
	age := v.Age
	if !v.Fresh {
		age += ", stale"
	}
	if v.Blind {
		age += ", blind"
	}
	return age
}

func printDemand(out io.Writer, s admin.Status) {
	if len(s.Colos) == 0 || s.Colos[0].Demand == nil {
		return
	}
	t := begin(out, "colo", "capacity", "demand", "nearest to", "load", "sheds")
	for _, c := range s.Colos {
		capacity, load := "", ""
		if c.Demand.Capacity > 0 {
			capacity = fmt.Sprintf("%g/s", c.Demand.Capacity)
		}
		if c.Demand.Load != nil {
			load = fmt.Sprintf("%g", *c.Demand.Load)
		}
		t.row(c.Name, capacity, fmt.Sprintf("%g/s", c.Demand.Demand), fmt.Sprintf("%g/s", c.Demand.Natural), load, fmt.Sprintf("%.0f %%", 100*c.Demand.Shed))
	}
	t.end()
}

func printServices(out io.Writer, s admin.Status, votes bool) {
	if len(s.Services) == 0 {
		return
	}
	t := begin(out, "check", "of", "in", "verdict", "since", "reason")
	for _, v := range s.Services {
		verdict := v.Verdict.String()
		if v.Stale {
			verdict += " (stale)"
		}
		t.row(v.Check, v.Address, uplinkName(v.Colo, v.Upstreams), verdict, clock(v.Since), v.Reason)
		if !votes {
			continue
		}
		for _, vote := range v.Votes {
			t.row("  "+vote.Observer, "", "", vote.State, voteAge(vote), vote.Detail)
		}
	}
	t.end()
}

func printUpstreams(out io.Writer, s admin.Status) {
	if len(s.Upstreams) == 0 {
		return
	}
	t := begin(out, "upstream", "verdict", "since", "reason")
	for _, u := range s.Upstreams {
		t.row(u.Name, u.Verdict, clock(u.Since), u.Reason)
	}
	t.end()
}

func printMembers(out io.Writer, s admin.Status) {
	t := begin(out, "member", "colo", "address", "state", "heard", "sheet", "clock", "network", "verdicts", "version")
	for _, m := range s.Members {
		address := m.Address
		if len(m.Addresses) > 1 {
			address = strings.Join(m.Addresses, ",")
		}
		t.row(m.Name, m.Colo, address, m.State, m.HeartbeatAge+" ago", m.SheetAge+" old", m.ClockSkew, m.NetworkDigest, m.VerdictDigest, m.Version)
	}
	t.end()
	if a := s.Agreement; a != nil {
		fmt.Fprintf(out, "\nlast agreement: %s down, first probe failed %s, judged here after %s, by all after %s\n",
			strings.Join(a.On, ", "), clock(a.FirstFailure), a.JudgedAfter, a.AgreedAfter)
	}
}

func printZones(out io.Writer, s admin.Status) {
	t := begin(out, "zone", "from", "serial", "in file", "records", "steered", "loaded", "error")
	for _, z := range s.Zones {
		if z.Origin == "" { // a file or directory that names no zone: a problem, told above
			continue
		}
		if z.Error != "" {
			z.Error = "see ! above"
		}
		t.row(z.Origin, strings.TrimSpace(z.Source+" "+z.Primary), z.Serial, z.FileSerial, z.Records, z.Steered, clock(z.Loaded), z.Error)
		for _, w := range z.Warnings {
			t.row("  warning", "", "", "", "", "", "", w)
		}
	}
	t.end()
}

func printGeo(out io.Writer, s admin.Status) {
	if len(s.Geo) == 0 {
		return
	}
	t := begin(out, "map of clients", "file", "loaded", "error")
	for _, f := range s.Geo {
		if f.Error != "" {
			f.Error = "see ! above"
		}
		t.row(f.Key, f.File, clock(f.Loaded), f.Error)
	}
	t.end()
}

func printOverrides(out io.Writer, s admin.Status) {
	if len(s.Overrides) == 0 {
		return
	}
	t := begin(out, "override", "by", "since", "until", "reason")
	for _, o := range s.Overrides {
		until := "undrained"
		if o.Until != nil {
			until = clock(*o.Until)
		}
		t.row(o.Action+" "+o.Target, o.By, clock(o.Issued), until, o.Reason)
	}
	t.end()
}

// begin begins a table after an empty line.
func begin(out io.Writer, columns ...string) table {
	fmt.Fprintln(out)
	return newTable(out, columns...)
}
