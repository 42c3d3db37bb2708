package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
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
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s (%s)  %s%s  %s\n", r.Time.UTC().Format(time.RFC3339), cmp.Or(r.Who, "somebody"), strings.TrimSuffix(r.Way+", "+r.From, ", "),
					r.What, body(r.Body), result)
			}
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().IntVar(&last, "last", 50, "how many orders")
	return cmd
}

// body is the body of an order on the same line; "" for none.
func body(of json.RawMessage) string {
	var line bytes.Buffer
	if err := json.Compact(&line, of); err != nil || line.String() == "null" {
		return ""
	}
	return " " + line.String()
}
