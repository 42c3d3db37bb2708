package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/demo"
)

func demoCommand() *cobra.Command {
	var at string
	var port uint16
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a whole network on this machine, to try things out",
		Long: `Run a whole network on this machine, to try things out: six colos with a name server each, on loopback
addresses, in one process, without root. It says what to try. The other demo commands break and mend it while it runs.`,
		Example: `  leeward demo
  leeward demo fail-upstream northway
  leeward demo heal-upstream northway
  leeward demo stop-node lhr`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return demo.New(demo.Options{Port: port, Admin: at, Command: ownCommand(), Version: version,
				Load: func(file string) (*config.Config, error) {
					return config.Load(config.Options{File: file, HostName: "demo", Version: version})
				}, Out: cmd.OutOrStdout()}).Run(ctx)
		},
	}
	cmd.PersistentFlags().StringVar(&at, "admin", demo.DefaultAdmin, "address of the demo's admin API")
	cmd.Flags().Uint16Var(&port, "port", 5300, "port of the name servers, UDP and TCP")

	var order demo.Order
	fail := demoOrder("fail-upstream UPSTREAM", "Make every web service behind an upstream swallow requests", &at,
		func(arg string) (string, demo.Order) { order.Upstream = arg; return demo.FailPath, order })
	fail.Flags().BoolVar(&order.Refuse, "refuse", false, "close the ports instead")
	cmd.AddCommand(fail,
		demoOrder("heal-upstream UPSTREAM", "Mend an upstream", &at,
			func(arg string) (string, demo.Order) { return demo.HealPath, demo.Order{Upstream: arg} }),
		demoOrder("stop-node COLO", "Stop the name server in a colo", &at,
			func(arg string) (string, demo.Order) { return demo.StopPath, demo.Order{Colo: arg} }),
		demoOrder("start-node COLO", "Start it again", &at,
			func(arg string) (string, demo.Order) { return demo.StartPath, demo.Order{Colo: arg} }))
	return cmd
}

// demoOrder is a command that tells a running demo to do something.
func demoOrder(use, short string, at *string, order func(arg string) (path string, o demo.Order)) *cobra.Command {
	name, arg, _ := strings.Cut(use, " ")
	example := map[string]string{"UPSTREAM": "northway", "COLO": "lhr"}[arg]
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Example: "  leeward demo " + name + " " + example,
		Args:    exactArgs(arg),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, o := order(args[0])
			var done demo.Done
			if err := admin.AtURL(*at).Do("POST", path, o, &done); err != nil {
				return err
			}
			switch path {
			case demo.FailPath, demo.HealPath:
				fmt.Fprintf(cmd.OutOrStdout(), "%.2f seconds until the verdicts of all %d nodes had changed\n", done.Seconds, done.Nodes)
			default:
				fmt.Fprintf(cmd.OutOrStdout(), "done: %d nodes run\n", done.Nodes)
			}
			return nil
		},
	}
}

// ownCommand is how this program was called, for commands to try. Under go run it lies in a place that is gone with it.
func ownCommand() string {
	self, err := os.Executable()
	if err == nil && strings.Contains(filepath.ToSlash(self), "/go-build") {
		return "go run ./cmd/leeward"
	}
	return os.Args[0]
}
