package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"leeward/cluster"
)

func keysCommand() *cobra.Command {
	keys := &cobra.Command{
		Use:     "keys",
		Short:   "Make and change gossip keys",
		Example: "  leeward keys new > /etc/leeward/gossip.key\n  leeward keys rotate new.key",
		Args:    noArgs,
		RunE:    help,
	}
	keys.AddCommand(&cobra.Command{
		Use:     "new",
		Short:   "Print a fresh gossip key, for cluster.key_file",
		Example: "  (umask 077; leeward keys new > /etc/leeward/gossip.key)",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintln(cmd.OutOrStdout(), cluster.NewKey())
			return nil
		},
	})
	keys.AddCommand(rotateCommand())
	return keys
}
