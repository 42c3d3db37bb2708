package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"leeward/dnsserver"
)

func explainCommand() *cobra.Command {
	var at server
	var qtype, client string
	cmd := &cobra.Command{
		Use:   "explain NAME",
		Short: "Show why a client gets the answer it gets",
		Long: `Show why a client gets the answer it gets: the running node's own decision, step by step.

A client is an address, which stands for a resolver, or a prefix, which stands for an EDNS client subnet.`,
		Example: `  leeward explain www.example.com --client 81.2.69.0/24
  leeward explain www.example.com --type AAAA --client 2001:db8::/32
  leeward explain example.com --type HTTPS --client 81.2.69.0/24
  leeward explain www.example.com --client 192.0.2.53 --json`,
		Args: exactArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := at.find(cmd)
			if err != nil {
				return err
			}
			e, err := c.Explain(args[0], qtype, client)
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), e)
			}
			printExplanation(cmd.OutOrStdout(), e)
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().StringVar(&qtype, "type", "A", "record type")
	cmd.Flags().StringVar(&client, "client", "", "ADDR of a resolver, or ADDR/LEN of a client subnet (default 127.0.0.1)")
	return cmd
}

func printExplanation(out io.Writer, e *dnsserver.Explanation) {
	fmt.Fprintf(out, "%s %s for %s (%s)\n\n", e.Name, e.Type, e.Client.Address, e.Client.Source)
	for i, step := range e.Steps {
		fmt.Fprintf(out, "%2d. %s\n", i+1, step)
	}
	if len(e.Colos) > 0 {
		t := begin(out, "colo", "km", "row", "uplink", "verdict", "addresses in the colo")
		for _, c := range e.Colos {
			for i, u := range c.Uplinks {
				if i > 0 {
					t.row("", "", "", strings.Join(u.Upstreams, "+"), u.Verdict, "")
					continue
				}
				t.row(c.Name, c.Km, c.Row, strings.Join(u.Upstreams, "+"), u.Verdict, strings.Join(c.Addresses, " "))
			}
		}
		t.end()
	}
	fmt.Fprintf(out, "\n%s, scope %d, ttl %d: %s\n", e.Rcode, e.Scope, e.TTL, e.TTLReason)
	for _, rr := range e.Answer {
		fmt.Fprintln(out, rr)
	}
}
