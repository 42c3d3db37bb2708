// Command leeward-lab is the outage laboratory: it builds a network of network namespaces with real nameservers, web
// servers and resolvers in it, breaks it, and measures who notices when.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitDone  = 0 // every run was as it must be
	exitBad   = 1 // some run was not
	exitUsage = 2 // usage error, or this machine cannot run it
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out a command line and gives its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.Execute(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errBroken):
		return exitBad
	default:
		fmt.Fprintf(stderr, "leeward-lab: %v\n", err)
		return exitUsage
	}
}

// errBroken is the error of runs that were not as they must be, which has been told.
var errBroken = errors.New("broken")

// settings are the flags of run.
type settings struct {
	times   int
	json    bool
	leeward string
	ttl     int
	limit   time.Duration
	long    time.Duration
	keep    bool
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "leeward-lab",
		Short: "The outage laboratory: networks that break, in network namespaces",
		Long: `The outage laboratory builds a network of network namespaces: colos with a nameserver and a web server each, their
upstreams as routers, and eyeball networks with resolvers and clients. It breaks it, and measures who notices when.
It wants Linux, root, and the programs ip, nft and unbound. It does not touch the host's own network.

Exit codes: 0 every run was as it must be; 1 some run was not; 2 usage error, or this machine cannot run it.`,
		Example: `  leeward-lab list
  leeward-lab run upstream
  leeward-lab run upstream uplink --times 20 --limit 3s
  leeward-lab run smoke
  leeward-lab run hour --for 10m`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	var set settings
	start := &cobra.Command{
		Use:   "run NAME...",
		Short: "Run scenarios: by name, smoke (the few for every change) or all (but those that take an hour)",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			return runScenarios(cmd.Context(), set, names, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := start.Flags()
	flags.IntVar(&set.times, "times", 1, "how often each scenario is run")
	flags.BoolVar(&set.json, "json", false, "a line of JSON for each run, and one for the figures of each scenario")
	flags.StringVar(&set.leeward, "leeward", "", "the leeward program (built from this module if not given)")
	flags.IntVar(&set.ttl, "ttl", 5, "TTL of the steered name, in seconds")
	flags.DurationVar(&set.limit, "limit", 10*time.Second, "in which all reachable nameservers must have changed; clients have the TTL more")
	flags.DurationVar(&set.long, "for", time.Hour, "how long hour takes")
	flags.BoolVar(&set.keep, "keep", false, "keep configurations and logs of runs that are well, too")
	root.AddCommand(start,
		&cobra.Command{Use: "list", Short: "List the scenarios", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return listScenarios(cmd.OutOrStdout()) }},
		&cobra.Command{Use: "clean", Short: "Remove what laboratories have left that were killed", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return clean(cmd.OutOrStdout()) }})
	return root
}
