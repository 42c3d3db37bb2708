package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func upgradeCommand() *cobra.Command {
	var at server
	var request admin.UpgradeRequest
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Replace the running program without losing a query",
		Long: `Replace the running program without losing a query.

The running process starts the program anew, from its file, which may be another version by now, or from --binary. The new
process reads configuration, zones and map while the old one answers. Then it is handed over all sockets, with the queries
that wait in them, the gossip, counters, verdicts, overrides and notes, and answers in the old one's place, which ends when its
TCP connections are done. The other nodes notice nothing.

If the new process does not get so far, whatever the reason, the old one goes on as if nothing had been, and says why. The
order is taken on the admin socket alone.

Exit codes: 0 upgraded; 1 not upgraded, the old process goes on; 2 usage; 3 no server answered.`,
		Example: `  install -m 755 leeward /usr/bin/leeward && leeward upgrade
  leeward upgrade --binary /opt/leeward-0.2.0/leeward
  leeward upgrade --config /etc/leeward/leeward.yaml --timeout 30m`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			if request.Binary, err = wholePath(request.Binary); err != nil {
				return err
			}
			if timeout <= 0 {
				return usageError{fmt.Errorf("--timeout %s: a time to come is wanted, such as 5m", timeout)}
			}
			request.Timeout = timeout.String()
			result, err := client.Upgrade(request)
			switch {
			case err != nil:
				return err
			case at.json:
				return printJSON(cmd.OutOrStdout(), result)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "upgraded from %s to %s in %s: process %d answers\n", result.From, result.To, result.Took, result.PID)
			return nil
		},
	}
	at.socketFlags(cmd)
	cmd.Flags().StringVar(&request.Binary, "binary", "", "program to run (default: the file of the running one)")
	cmd.Flags().DurationVar(&timeout, "timeout", 10*time.Minute, "how long the new process may take to read zones and map")
	return cmd
}

// wholePath is the path of a program from the root: the server may stand in another directory.
func wholePath(program string) (string, error) {
	if program == "" {
		return "", nil
	}
	path, err := filepath.Abs(program)
	if err != nil {
		return "", usageError{err}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrPermission): // the server may see what we may not
	case err != nil:
		return "", usageError{fmt.Errorf("--binary: %w", err)}
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return "", usageError{fmt.Errorf("--binary: %s is no program", path)}
	}
	return path, nil
}
