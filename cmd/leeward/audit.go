package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func auditCommand() *cobra.Command {
	var at server
	var last int
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show who changed what on a node",
		Long: `Show who changed what on a node: every order that came to it by somebody who is known, refused ones too, oldest first. A
drain is recorded on the node that took the order. The records lie in audit.log below state.directory.`,
		Example: `  leeward audit
  leeward audit --last 500 --json
  leeward audit --admin https://ns1-ams.example.net:9353 --token-file ~/.leeward-token`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			list, err := client.Audit(last)
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			for _, r := range list {
				result := "done"
				if r.Error != "" {
					result = fmt.Sprintf("%d: %s", r.Status, r.Error)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s (%s, %s)  %s%s  %s\n", r.Time.UTC().Format(time.RFC3339), cmp.Or(r.Who, "unknown"), r.Way, r.From,
					r.What, spaced(string(r.Body)), result)
			}
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().IntVar(&last, "last", 50, "how many orders")
	return cmd
}

// spaced is a word after a space, or nothing.
func spaced(word string) string {
	if word == "" || word == "null" {
		return ""
	}
	return " " + word
}
