package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/manual"
)

func manualCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "manual DIRECTORY",
		Short: "Write the manual pages",
		Long: `Write the manual pages into a directory that man searches: those of the commands, as their help has it, and
leeward.yaml(5), all keys of the configuration. Packages bring them along.`,
		Example: `  leeward manual ~/.local/share/man
  leeward manual /tmp/man && man -M /tmp/man leeward.yaml`,
		Args: exactArgs("DIRECTORY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, page := range manualPages(cmd.Root()) {
				file := filepath.Join(args[0], page.File())
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(file, []byte(page.Text), 0o644); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), file)
			}
			return nil
		},
	}
}

// manualPages are all pages. Their date is that of the commit, so that the same commit makes the same pages.
func manualPages(root *cobra.Command) []manual.Page {
	edition := manual.Edition{Version: version}
	if date := thisBuild().Date; len(date) >= len("2006-01-02") {
		edition.Date = date[:len("2006-01-02")]
	}
	return append(manual.Commands(root, edition), manual.Configuration(edition))
}
