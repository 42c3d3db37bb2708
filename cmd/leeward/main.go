// Command leeward is an authoritative DNS server that moves traffic away from trouble, and the commands to look after
// it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
)

// Exit codes.
const (
	exitDone     = 0 // done and well
	exitBad      = 1 // done, and what was asked about is bad
	exitUsage    = 2 // usage or configuration error
	exitNoServer = 3 // no server answered
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out a command line and gives its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	code := exitCode(err)
	if err != nil && !errors.Is(err, errSaid) {
		fmt.Fprintf(stderr, "leeward: %v\n", err)
	}
	return code
}

// errSaid is the error of a command that has told all there is to tell: what was asked about is bad.
var errSaid = errors.New("bad")

// usageError is a mistake in the command line or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitCode is the exit code for an error.
//
//	none                                                     0
//	nobody answered                                          3
//	usage, configuration, a start that was not possible      2
//	anything else                                            1
func exitCode(err error) int {
	var usage usageError
	var start *service.StartError
	var silent *admin.NoServer
	var request *admin.BadRequest
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &silent):
		return exitNoServer
	case errors.As(err, &usage), errors.As(err, &start), errors.As(err, &request):
		return exitUsage
	default:
		return exitBad
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "leeward",
		Short: "An authoritative DNS server that moves traffic away from trouble",
		Long: `Leeward is an authoritative DNS server that moves traffic away from trouble.

Its nodes stand in many colos, probe each other's uplinks and gossip what they see. They agree which colo, uplink or
upstream has failed, and answer every query with the addresses of the nearest healthy colo.

Exit codes: 0 done and well; 1 done, and what was asked about is bad; 2 usage or configuration error; 3 no server
answered.`,
		Example: `  leeward demo                                    a whole network on this machine, to try things out
  leeward check --config leeward.yaml             is the configuration right, are the zones?
  leeward serve --config leeward.yaml
  leeward import gdnsd /etc/gdnsd --out leeward   from another server
  leeward explain www.example.com --client 81.2.69.0/24
  leeward incidents --open                      what is wrong now, since when, and whom it moved
  leeward drain colo:ams --reason "power works" --for 2h
  leeward upgrade                               run the binary that was just installed, without losing a query`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          help,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see: %s --help)", err, cmd.CommandPath())}
	})
	root.AddCommand(serveCommand(), checkCommand(), reloadCommand(), upgradeCommand(), statusCommand(), incidentsCommand(), explainCommand(), whatIfCommand(),
		zoneCommand(), importCommand(), readyCommand(), drainCommand(), undrainCommand(), challengeCommand(), keysCommand(), tokensCommand(), logCommand(), auditCommand(), demoCommand(),
		manualCommand(), versionCommand())
	root.Version = version
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n") // a line; leeward version says more
	root.InitDefaultHelpCmd()
	if topic, _, err := root.Find([]string{"help"}); err == nil {
		topic.Args = func(_ *cobra.Command, args []string) error {
			if of, _, err := root.Find(args); len(args) > 0 && (err != nil || of == root) {
				return noArgs(root, args)
			}
			return nil
		}
	}
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args, completion.RunE = noArgs, help // an unknown shell is an error
	}
	return root
}

// noArgs refuses arguments. Where there are commands it takes what it was given for one, misspelt.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	path := cmd.CommandPath()
	if !cmd.HasAvailableSubCommands() {
		return usageError{fmt.Errorf("%s takes no argument, such as %q (see: %s --help)", path, args[0], path)}
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	hint := ""
	if near := steering.NearestName(args[0], names); 2*steering.Edits(args[0], near) <= len(args[0]) {
		hint = fmt.Sprintf(": did you mean %s?", near)
	}
	return usageError{fmt.Errorf("%s has no command %q%s (see: %s --help)", path, args[0], hint, path)}
}

func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// exactArgs wants as many arguments as there are names.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) && !slices.Contains(args, "") {
			return nil
		}
		return usageError{fmt.Errorf("%s wants %s, and nothing else (see: %s --help)", cmd.CommandPath(), strings.Join(names, " and "), cmd.CommandPath())}
	}
}

// atMostOne wants one argument, or none.
func atMostOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return exactArgs(name)(cmd, args)
	}
}
