package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func zoneCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "zone",
		Short: "Compare a zone with its file, and go back to an earlier version",
		Example: `  leeward zone diff example.com
  leeward zone versions example.com
  leeward zone rollback example.com`,
		Args: noArgs,
		RunE: help,
	}
	cmd.AddCommand(zoneDiffCommand(), zoneVersionsCommand(), zoneRollbackCommand())
	return cmd
}

func zoneDiffCommand() *cobra.Command {
	var at server
	cmd := &cobra.Command{
		Use:   "diff NAME",
		Short: "Say what the file of a zone would change of what is served",
		Long: `Say what the file of a zone would change of what is served, or why it cannot be served.

The exit code is 0 when it changes nothing, and 1 when it changes something or cannot be served.`,
		Example: `  leeward zone diff example.com`,
		Args:    exactArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			d, err := client.ZoneDiff(args[0])
			if err != nil {
				return err
			}
			if at.json {
				err = printJSON(cmd.OutOrStdout(), d)
			} else {
				printDiff(cmd.OutOrStdout(), d)
			}
			if err == nil && !d.Same() {
				err = errSaid
			}
			return err
		},
	}
	at.flags(cmd)
	return cmd
}

func printDiff(out io.Writer, d admin.ZoneDiff) {
	if d.Same() {
		fmt.Fprintf(out, "%s: the file says what is served, serial %d\n", d.Origin, d.Serial)
		return
	}
	fmt.Fprintf(out, "%s: - is served with serial %d, + is in the file with serial %d\n", d.Origin, d.Serial, d.FileSerial)
	for _, line := range d.Removed {
		fmt.Fprintf(out, "- %s\n", line)
	}
	for _, line := range d.Added {
		fmt.Fprintf(out, "+ %s\n", line)
	}
}

func zoneVersionsCommand() *cobra.Command {
	var at server
	cmd := &cobra.Command{
		Use:     "versions NAME",
		Short:   "List the versions of a zone that there is a way back to",
		Example: `  leeward zone versions example.com`,
		Args:    exactArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			versions, err := client.ZoneVersions(args[0])
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), versions)
			}
			t := newTable(cmd.OutOrStdout(), "serial", "since", "removed", "added", "")
			for _, v := range versions {
				since, state := "-", ""
				if v.At != nil {
					since = clock(*v.At)
				}
				if v.InService {
					state = "in service"
				}
				t.row(v.Serial, since, v.Removed, v.Added, state)
			}
			t.end()
			return nil
		},
	}
	at.flags(cmd)
	return cmd
}

func zoneRollbackCommand() *cobra.Command {
	var at server
	var request admin.RollbackRequest
	cmd := &cobra.Command{
		Use:   "rollback NAME",
		Short: "Serve an earlier version of a zone again, whatever its file says",
		Long: `Serve an earlier version of a zone again: the one before, or the one with the serial after --to.

It goes into service at once, with a serial ahead of the present one. The file is not touched, and not served until it
says something else, or until --undo.`,
		Example: `  leeward zone rollback example.com
  leeward zone rollback example.com --to 2026013101
  leeward zone rollback example.com --undo`,
		Args: exactArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if request.Undo && cmd.Flags().Changed("to") {
				return usageError{fmt.Errorf("--to and --undo: give one of them")}
			}
			if request.Serial == 0 && cmd.Flags().Changed("to") { // 0 stands for the version before
				return usageError{fmt.Errorf("--to 0: a version with serial 0 is gone back to step by step, without --to")}
			}
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			z, err := client.Rollback(args[0], request)
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), z)
			}
			printRollback(cmd.OutOrStdout(), cmd.ErrOrStderr(), z)
			if request.Undo && z.Bad() {
				return errSaid
			}
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().Uint32Var(&request.Serial, "to", 0, "serial of the version to go back to (default: the one before)")
	cmd.Flags().BoolVar(&request.Undo, "undo", false, "take up the file again")
	return cmd
}

// printRollback prints what is served now. That the file is held is what a rollback is for, and no error of it.
func printRollback(out, stderr io.Writer, z admin.ZoneResult) {
	fmt.Fprintf(out, "%s: %s, serving serial %d, %d records\n", z.Origin, z.Action, z.Serial, z.Records)
	for _, w := range z.Warnings {
		fmt.Fprintf(out, "  warning: %s\n", w)
	}
	if z.Error != "" {
		fmt.Fprintf(stderr, "  %s\n", z.Error)
	}
}
