package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func logCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "log",
		Short:   "What a running node logs",
		Example: "  leeward log level\n  leeward log level debug --for 1h",
		Args:    noArgs,
		RunE:    help,
	}
	cmd.AddCommand(logLevelCommand())
	return cmd
}

func logLevelCommand() *cobra.Command {
	var at server
	var duration time.Duration
	cmd := &cobra.Command{
		Use:   "level [LEVEL]",
		Short: "Show the log level, or set another for a while",
		Long: `Show the log level, or set another for a while.

LEVEL is debug, info, warn or error. After --for the level of the configuration comes back by itself; a reload of the
configuration brings it back at once.`,
		Example: `  leeward log level
  leeward log level debug
  leeward log level debug --for 1h`,
		Args: atMostOne("LEVEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			var level admin.Level
			if len(args) == 0 {
				level, err = client.Level()
			} else {
				level, err = client.SetLevel(admin.LevelRequest{Level: args[0], For: duration.String()})
			}
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), level)
			}
			until := "as configured"
			if level.Until != nil {
				until = fmt.Sprintf("until %s, then %s", level.Until.UTC().Format(time.RFC3339), level.Configured)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s, %s\n", level.Level, until)
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().DurationVar(&duration, "for", 10*time.Minute, "for how long")
	return cmd
}
