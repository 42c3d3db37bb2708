package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/challenge"
)

func challengeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "challenge",
		Short: "Answer a certificate authority that looks for a token in the DNS",
		Long: `Answer a certificate authority that looks for a token in the DNS (ACME, dns-01).

A challenge is a TXT record at _acme-challenge.NAME. It stands on all nodes, beside what the zone's file has at that name,
and ends by itself. Several tokens may stand at one name, as a certificate for a domain and its wildcard wants.`,
		Example: `  leeward challenge set example.com gfj9Xq_Rg85nM --for 10m
  leeward challenge list
  leeward challenge clear example.com`,
		Args: noArgs,
		RunE: help,
	}
	cmd.AddCommand(challengeSetCommand(), challengeListCommand(), challengeClearCommand())
	return cmd
}

func challengeSetCommand() *cobra.Command {
	var at server
	var request admin.ChallengeRequest
	var duration time.Duration
	cmd := &cobra.Command{
		Use:   "set NAME TOKEN",
		Short: "Answer with a token, on all nodes",
		Long: `Answer with a token at _acme-challenge.NAME, on all nodes.

NAME is what the certificate is for: example.com, *.example.com, or _acme-challenge.example.com as some clients say. It is
refused where the zone is not served here or is signed in its file, and where the name is delegated or leads elsewhere by
CNAME. A token that begins with - stands behind --.

The exit code is 0 once all nodes answer with it, and 1 when some have not said so within three seconds.`,
		Example: `  leeward challenge set example.com gfj9Xq_Rg85nM --for 10m
  leeward challenge set '*.example.com' -- -dashR0fun`,
		Args: exactArgs("NAME", "TOKEN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			request.Name, request.Token, request.By = args[0], args[1], userName()
			if _, err := challenge.ParseName(request.Name); err != nil {
				return usageError{err}
			}
			if err := challenge.CheckToken(request.Token); err != nil {
				return usageError{err}
			}
			if duration < time.Second || duration > challenge.MaxLife {
				return usageError{fmt.Errorf("--for %s: a time from 1s to %gh is wanted, such as 10m", duration, challenge.MaxLife.Hours())}
			}
			request.For = duration.String()
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			result, err := client.SetChallenge(request)
			if err != nil {
				return err
			}
			return tellChallenge(cmd, result, at.json)
		},
	}
	at.flags(cmd)
	cmd.Flags().DurationVar(&duration, "for", challenge.DefaultLife, "for how long, at most 24h")
	return cmd
}

// tellChallenge prints what came of setting a challenge. The error is that some nodes are silent.
func tellChallenge(cmd *cobra.Command, r admin.ChallengeResult, asJSON bool) error {
	if asJSON {
		if err := printJSON(cmd.OutOrStdout(), r); err != nil {
			return err
		}
	} else {
		where := "here"
		if r.Nodes > 1 {
			where = fmt.Sprintf("on %d of %d nodes", r.Nodes-len(r.Silent), r.Nodes)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s TXT %q %s, until %s\n", r.Name, r.Token, where, r.Until.UTC().Format(time.RFC3339))
	}
	if len(r.Silent) == 0 {
		return nil
	}
	if !asJSON {
		fmt.Fprintf(cmd.ErrOrStderr(), "not heard yet to have it: %s\n", strings.Join(r.Silent, ", "))
	}
	return errSaid
}

func challengeListCommand() *cobra.Command {
	var at server
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Show the challenges that stand",
		Example: "  leeward challenge list",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			list, err := client.Challenges()
			switch {
			case err != nil:
				return err
			case at.json:
				return printJSON(cmd.OutOrStdout(), list)
			case len(list) == 0:
				fmt.Fprintln(cmd.OutOrStdout(), "no challenge stands")
			default:
				printChallenges(cmd.OutOrStdout(), list)
			}
			return nil
		},
	}
	at.flags(cmd)
	return cmd
}

func printChallenges(out io.Writer, list []admin.Challenge) {
	t := newTable(out, "challenge", "token", "by", "until", "answered")
	for _, c := range list {
		answered := "yes"
		if c.Problem != "" {
			answered = "no: " + c.Problem
		}
		t.row(c.Name, c.Token, c.By, clock(c.Until), answered)
	}
	t.end()
}

func challengeClearCommand() *cobra.Command {
	var at server
	cmd := &cobra.Command{
		Use:     "clear NAME [TOKEN]",
		Short:   "Take a challenge away, on all nodes; without a token, all of the name",
		Example: "  leeward challenge clear example.com\n  leeward challenge clear example.com gfj9Xq_Rg85nM",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 && args[1] != "" {
				return nil
			}
			return usageError{errors.New("leeward challenge clear wants NAME, and TOKEN if not all are meant (see: leeward challenge clear --help)")}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := challenge.ParseName(args[0]); err != nil {
				return usageError{err}
			}
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			token := strings.Join(args[1:], "")
			list, err := client.ClearChallenges(args[0], token, userName())
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			for _, c := range list {
				fmt.Fprintf(cmd.OutOrStdout(), "%s TXT %q is gone\n", c.Name, c.Token)
			}
			return nil
		},
	}
	at.flags(cmd)
	return cmd
}
