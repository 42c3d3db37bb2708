package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"leeward/dnsserver"
)

func whatIfCommand() *cobra.Command {
	var at server
	var down, drained []string
	var client string
	cmd := &cobra.Command{
		Use:   "whatif",
		Short: "Show where clients would go if places were down or drained",
		Long: `Show where clients would go if places were down or drained, all else being as it is now. Nothing is touched.

A place is colo:NAME, uplink:COLO/UPSTREAM or upstream:NAME. A region is the clients for whom the order of colos is the
same; it is named by the first three. Shares of clients are of all IPv4 addresses, as the geo database has them; shares
of demand are of the steered answers of the last minute, which are counted where a colo has a capacity, or a load.`,
		Example: `  leeward whatif --down upstream:northway
  leeward whatif --drained colo:ams --down uplink:iad/northway
  leeward whatif --down colo:lhr --client 81.2.69.0/24 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(down)+len(drained) == 0 {
				return usageError{fmt.Errorf("leeward whatif wants --down PLACE or --drained PLACE")}
			}
			c, err := at.find(cmd)
			if err != nil {
				return err
			}
			f, err := c.WhatIf(down, drained, client)
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), f)
			}
			printForecast(cmd.OutOrStdout(), f)
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().StringSliceVar(&down, "down", nil, "PLACE that is supposed to be down; several by commas or again")
	cmd.Flags().StringSliceVar(&drained, "drained", nil, "PLACE that is supposed to be drained; likewise")
	cmd.Flags().StringVar(&client, "client", "", "ADDR or ADDR/LEN of a client whose answers are shown, now and then")
	return cmd
}

// maxShown is how many kinds of changes are shown one by one.
const maxShown = 20

func printForecast(out io.Writer, f *dnsserver.Forecast) {
	for _, s := range []struct {
		what string
		list []string
	}{{"supposed down:", f.Down}, {"supposed drained:", f.Drained}, {"upstreams that would be failing:", f.Failing}} {
		if len(s.list) > 0 {
			fmt.Fprintln(out, s.what, strings.Join(s.list, " "))
		}
	}
	changing := 0
	for _, c := range f.Changes {
		changing += c.Names
	}
	fmt.Fprintf(out, "%d of %d steered RRsets would be answered otherwise\n", changing, f.Names)
	for _, c := range f.Changes[:min(len(f.Changes), maxShown)] {
		fmt.Fprintf(out, "\n%s\n", namesOf(c))
		t := newTable(out, "clients", "demand", "from", "to", "of regions")
		for _, m := range c.Moves {
			t.row(percent(m.ClientShare), demandOf(f, m), m.From, m.To, regionsOf(m))
		}
		t.end()
	}
	if more := len(f.Changes) - maxShown; more > 0 {
		fmt.Fprintf(out, "\nand %s of changes more: --json shows all\n", numbered(more, "kind"))
	}
	if len(f.Single) > 0 {
		t := begin(out, "would hang on", "RRsets", "such as")
		for _, s := range f.Single {
			t.row(s.Upstream, s.Names, strings.Join(s.Examples, ", "))
		}
		t.end()
	}
	printForecastDemands(out, f)
	if f.Client != nil {
		printForecastClient(out, f.Client)
	}
}

// namesOf are the RRsets that change alike.
func namesOf(c dnsserver.ForecastChange) string {
	text := strings.Join(c.Examples, ", ")
	if more := c.Names - len(c.Examples); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + ":"
}

// regionsOf are the regions of a move: the largest by the first colos in their order, and how many more.
func regionsOf(m dnsserver.ForecastMove) string {
	const colos = 3
	if m.InAll == 0 {
		return "all"
	}
	var shown []string
	for _, r := range m.Regions[:min(len(m.Regions), 2)] {
		words := strings.Fields(r)
		shown = append(shown, strings.Join(words[:min(len(words), colos)], " "))
	}
	text := strings.Join(shown, ", ")
	if more := m.InAll - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func percent(part float64) string { return fmt.Sprintf("%.1f %%", 100*part) }

// demandOf is the part of what is asked for, or - where that is not known.
func demandOf(f *dnsserver.Forecast, m dnsserver.ForecastMove) string {
	for _, l := range f.Demand {
		if l.Now > 0 {
			return percent(m.DemandShare)
		}
	}
	return "-"
}

func printForecastDemands(out io.Writer, f *dnsserver.Forecast) {
	if len(f.Demand) == 0 {
		return
	}
	t := begin(out, "colo", "capacity", "demand now", "then")
	for _, l := range f.Demand {
		capacity, then := "", fmt.Sprintf("%.4g/s", l.Then)
		if l.Capacity > 0 {
			capacity = fmt.Sprintf("%g/s", l.Capacity)
			if l.Then > l.Capacity {
				then += " (full)"
			}
		}
		t.row(l.Colo, capacity, fmt.Sprintf("%.4g/s", l.Now), then)
	}
	t.end()
}

func printForecastClient(out io.Writer, c *dnsserver.ForecastClient) {
	fmt.Fprintf(out, "\n%s: %s would change, %d would not\n", c.Address, numbered(len(c.Answers), "answer"), c.Same)
	if len(c.Answers) == 0 {
		return
	}
	t := begin(out, "name", "type", "now", "then")
	for _, a := range c.Answers {
		t.row(a.Name, a.Type, strings.Join(a.Before, " "), strings.Join(a.After, " "))
	}
	t.end()
}

// numbered is a number of things in words.
func numbered(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
