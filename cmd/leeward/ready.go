package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func readyCommand() *cobra.Command {
	var at server
	var quiet bool
	cmd := &cobra.Command{
		Use:   "ready",
		Short: "Say whether the node is to be sent queries, for who announces its address",
		Long: `Say whether the node is to be sent queries, for who announces its address, such as BIRD or ExaBGP.

A node is not ready before it answers, when it is told to stop, and when something is wrong with it for 3 seconds: it is
blind, no zone can be served, or it does not judge any more. It is ready again after 10 good seconds. The last ready node of
a cluster stays ready all the same.

Exit codes: 0 ready; 1 not ready; 2 usage; 3 no server answered, which is as good as not ready.`,
		Example: `  leeward ready
  leeward ready --quiet --admin http://127.0.0.1:9353 && birdc enable anycast`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			r, err := client.Ready()
			switch {
			case err != nil && quiet:
				return silent{err}
			case err != nil:
				return err
			case at.json:
				err = printJSON(cmd.OutOrStdout(), r)
			case !quiet && r.Ready && r.Leaving:
				fmt.Fprintln(cmd.OutOrStdout(), "ready, as no other node is: leaving")
			case !quiet:
				fmt.Fprintln(cmd.OutOrStdout(), r.Words())
			}
			if err == nil && !r.Ready {
				return errSaid
			}
			return err
		},
	}
	at.flags(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing: the exit code says it")
	return cmd
}

// silent is an error that is told by the exit code alone.
type silent struct{ error }

func (e silent) Unwrap() error { return e.error }

// Is makes it one of those about which nothing is to be printed.
func (e silent) Is(target error) bool { return target == errSaid }
