// Command leeward-bench measures Leeward against other authoritative servers, all in one run on one machine, and says
// whether Leeward keeps within its limits.
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
	exitDone  = 0 // everything was measured, whether or not within the limits
	exitBad   = 1 // a server lost or refused queries, or answered otherwise than it must
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
	case errors.Is(err, errBad):
		return exitBad
	default:
		fmt.Fprintf(stderr, "leeward-bench: %v\n", err)
		return exitUsage
	}
}

// errBad is the error of servers that did not do what they must, which has been told.
var errBad = errors.New("bad")

// settings are the flags.
type settings struct {
	rounds     int
	seconds    float64
	only       []string
	peers      []string
	leeward    string
	database   string
	serverCPUs []int
	loadCPU    int
	small      bool
	keep       bool
	list       bool
}

func rootCommand() *cobra.Command {
	var set settings
	root := &cobra.Command{
		Use:   "leeward-bench [ROW...]",
		Short: "Leeward beside other authoritative servers, measured in one run",
		Long: `Measures rows: all, or those that are named. In a row every server serves the same zones, alone on its processor, and
is asked the same queries from another one, in turns. Figures of a shared machine drift; the ratio of two servers in
the same round does so much less, and limits are of it. Peers that are not installed are left out.

It wants Linux and two processors that have nothing else to do; where they have, run it as nice -n -10, for a program in
between is latency, or lost queries, of the server that it kept from its processor. Nothing leaves the machine: all addresses are of the loopback network.

Exit codes: 0 done, whether or not the limits are held; 1 a server lost or refused queries, or answered otherwise than
it must; 2 usage error, or this machine cannot run it.`,
		Example: `  leeward-bench --list
  leeward-bench
  leeward-bench static steered --rounds 3 --seconds 1
  leeward-bench --only static,nxdomain --peers nsd,knot,gdnsd,bind,pdns
  leeward-bench database --database GeoLite2-City.mmdb
  leeward-bench tail --server-cpus 0,2,3`,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, names []string) error {
			if set.list {
				return listRows(cmd.OutOrStdout())
			}
			return runRows(cmd.Context(), set, append(set.only, names...), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := root.Flags()
	flags.IntVar(&set.rounds, "rounds", 5, "how often each server is loaded")
	flags.Float64Var(&set.seconds, "seconds", 3, "how long a load takes")
	flags.StringSliceVar(&set.only, "only", nil, "rows, as they may also be named without a flag")
	flags.StringSliceVar(&set.peers, "peers", []string{"nsd", "knot", "gdnsd"}, "servers beside Leeward: nsd, knot, gdnsd, bind, pdns")
	flags.StringVar(&set.leeward, "leeward", "", "the leeward program (built from this module if not given)")
	flags.StringVar(&set.database, "database", "", "a city database in MaxMind's layout (one is made if not given)")
	flags.IntSliceVar(&set.serverCPUs, "server-cpus", []int{0}, "processors of a server under load")
	flags.IntVar(&set.loadCPU, "load-cpu", 1, "processor that makes the load")
	flags.BoolVar(&set.small, "small", false, "worlds of a hundredth of their size, to try it out")
	flags.BoolVar(&set.keep, "keep", false, "keep the folder with zones, configurations and logs")
	flags.BoolVar(&set.list, "list", false, "list the rows")
	return root
}

func (s *settings) duration() time.Duration { return time.Duration(s.seconds * float64(time.Second)) }
