package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/zones"
)

func reloadCommand() *cobra.Command {
	var at server
	var request admin.ReloadRequest
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Read the zones and the files of the map anew, and say what became of each",
		Long: `Read the zones anew, and what steering.geo names: databases, nets file, latency table. Say what became of each.

A file with an error, of a zone or of the map, changes nothing: what is in use of it stays, and the exit code is 1. A
zone whose file is gone is no longer served after a reload; when many are gone at once they stay, unless --force is given.`,
		Example: `  leeward reload
  leeward reload --config-too
  leeward reload --socket /run/leeward/leeward.sock --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			result, err := client.Reload(request)
			if err != nil {
				return err
			}
			return tellReload(cmd, result, at.json)
		},
	}
	at.flags(cmd)
	cmd.Flags().BoolVar(&request.ConfigToo, "config-too", false, "read the configuration anew before")
	cmd.Flags().BoolVar(&request.Force, "force", false, "drop zones whose files are gone, however many")
	return cmd
}

// tellReload prints what came of a reload or a check. The error is that something is bad.
func tellReload(cmd *cobra.Command, r admin.ReloadResult, asJSON bool) error {
	if asJSON {
		if err := printJSON(cmd.OutOrStdout(), r); err != nil {
			return err
		}
	} else {
		printReload(cmd.OutOrStdout(), cmd.ErrOrStderr(), r)
	}
	if !r.OK() {
		return errSaid
	}
	return nil
}

func printReload(out, stderr io.Writer, r admin.ReloadResult) {
	if r.Config != "" {
		fmt.Fprintf(out, "configuration %s\n", r.Config)
	}
	if r.Error != "" {
		fmt.Fprintf(stderr, "configuration, which stays as it was:\n%s\n", r.Error)
	}
	for _, g := range r.Geo {
		fmt.Fprintf(out, "steering.geo.%s: %s", g.Key, g.Action)
		if g.Error == "" {
			fmt.Fprintln(out)
			continue
		}
		fmt.Fprintf(out, ", still using that of %s\n", clock(g.Loaded))
		fmt.Fprintf(stderr, "  %s\n", g.Error)
	}
	for _, z := range r.Zones {
		what := z.Origin
		if what == "" {
			what = z.File
		}
		fmt.Fprintf(out, "%s: %s", what, z.Action)
		switch {
		case z.Origin == "": // a file or directory that names no zone
		case z.Records == 0 && z.Action == string(zones.Failed):
			fmt.Fprint(out, ", not served")
		case z.Records > 0 && z.Bad():
			fmt.Fprintf(out, ", still serving serial %d, %d records", z.Serial, z.Records)
		case z.Records > 0:
			fmt.Fprintf(out, ", serial %d, %d records", z.Serial, z.Records)
		}
		fmt.Fprintln(out)
		for _, w := range z.Warnings {
			fmt.Fprintf(out, "  warning: %s\n", w)
		}
		if z.Error != "" {
			fmt.Fprintf(stderr, "  %s\n", z.Error)
		}
	}
}
