package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func incidentsCommand() *cobra.Command {
	var at server
	var open bool
	var since time.Duration
	cmd := &cobra.Command{
		Use:   "incidents [ID]",
		Short: "Show what went wrong: which upstream, colo, uplink, service or zone, since when, and whom it moved",
		Long: `Show what went wrong: which upstream, colo, uplink, service or zone, since when, and whom it moved. Newest first.
With an ID, all of one incident: its figures, and what happened in which order.

An incident is what belongs together: an upstream fails, and with it the uplinks through it; a colo is drained, and what
goes down during the works is theirs. All nodes tell the same incidents. Times are UTC.

Exit codes: 0 nothing that is shown is open; 1 an incident that is shown is open, or there is none of this ID.`,
		Example: `  leeward incidents
  leeward incidents --open || echo "something is wrong"
  leeward incidents --since 24h --json | jq -r '.incidents[].title'
  leeward incidents 2026-11-28-k3f9q`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exactArgs("an ID")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (open || since != 0) {
				return usageError{fmt.Errorf("--open and --since choose from the list: an ID names one incident")}
			}
			if since < 0 {
				return usageError{fmt.Errorf("--since %s: how long back is wanted, such as 24h", since)}
			}
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return showIncident(cmd, client, args[0], at.json)
			}
			return listIncidents(cmd, client, at.json, open, since)
		},
	}
	at.flags(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "only those that are open")
	cmd.Flags().DurationVar(&since, "since", 0, "only those that were open within this time, such as 24h")
	return cmd
}

func listIncidents(cmd *cobra.Command, client *admin.Client, asJSON, open bool, since time.Duration) error {
	state := "all"
	if open {
		state = "open"
	}
	all, err := client.Incidents(state)
	if err != nil {
		return err
	}
	shown, opened := []admin.Incident{}, 0
	for _, i := range all.Incidents {
		if since > 0 && i.End != nil && time.Since(*i.End) > since {
			continue
		}
		shown = append(shown, i)
		if i.End == nil {
			opened++
		}
	}
	if all.Incidents = shown; asJSON {
		if err := printJSON(cmd.OutOrStdout(), all); err != nil {
			return err
		}
	} else {
		printIncidents(cmd.OutOrStdout(), all, opened)
	}
	if opened > 0 {
		return errSaid
	}
	return nil
}

func printIncidents(out io.Writer, all admin.Incidents, open int) {
	if len(all.Incidents) == 0 {
		fmt.Fprintln(out, "no incidents")
		return
	}
	fmt.Fprintf(out, "%s, %d open\n", numbered(len(all.Incidents), "incident"), open)
	t := begin(out, "incident", "state", "began", "lasted", "moved", "what")
	for _, i := range all.Incidents {
		moved := "-"
		if i.ClientShare != nil {
			moved = percent(*i.ClientShare)
		}
		t.row(i.ID, i.State, clock(i.Start), lasted(i), moved, i.Title)
	}
	t.end()
}

// lasted is how long an incident lasted, or has lasted so far.
func lasted(i admin.Incident) string {
	end := time.Now()
	if i.End != nil {
		end = *i.End
	}
	switch d := max(end.Sub(i.Start), 0); {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < 48*time.Hour:
		return d.Truncate(time.Second).String()
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

func showIncident(cmd *cobra.Command, client *admin.Client, id string, asJSON bool) error {
	i, err := client.Incident(id)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), i)
	} else {
		printIncident(cmd.OutOrStdout(), i)
	}
	if err == nil && i.End == nil {
		err = errSaid
	}
	return err
}

func printIncident(out io.Writer, i admin.Incident) {
	fmt.Fprintf(out, "%s\n\n", i.Title)
	t := newRows(out)
	t.row("incident", fmt.Sprintf("%s, %s", i.ID, i.State))
	t.row("cause", i.Cause.Words)
	t.row("began", i.Start.Format(time.DateTime)+" UTC")
	if i.End != nil {
		t.row("ended", fmt.Sprintf("%s UTC, after %s", i.End.Format(time.DateTime), lasted(i)))
	} else {
		t.row("lasts", lasted(i)+" so far")
	}
	if i.FirstFailure != nil {
		t.row("first failure", fmt.Sprintf("%s UTC, a probe; from then on", i.FirstFailure.Format("15:04:05.000")))
		t.row("  detected", orNot(i.Detected, "after", "not known"))
		t.row("  agreed", orNot(i.Agreed, "by all members after", "not known"))
		t.row("  moved", orNot(i.Moved, "the answers given before run out after", "not known, or nobody was"))
	}
	if i.ClientShare != nil {
		names := fmt.Sprintf("%s of the clients of %s", percent(*i.ClientShare), numbered(i.NamesTotal, "RRset"))
		if i.Partly {
			names += " or more"
		}
		if len(i.Names) > 0 {
			names += ": " + strings.Join(i.Names, ", ")
		}
		if more := i.NamesTotal - len(i.Names); more > 0 && len(i.Names) > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		t.row("moved", names)
	}
	for _, l := range []struct {
		what string
		list []string
	}{{"colos", i.Colos}, {"upstreams", i.Upstreams}} {
		if len(l.list) > 0 {
			t.row(l.what, strings.Join(l.list, ", "))
		}
	}
	t.end()
	first := i.Start
	if i.FirstFailure != nil {
		first = *i.FirstFailure
	}
	t = begin(out, "time", "after", "on", "became", "reason", "told by")
	for _, e := range i.Events {
		by := e.Node
		if e.By != "" {
			by = e.By
		}
		t.row(e.At.Format("15:04:05.000"), since(first, e.At), strings.Replace(e.On, ":", " ", 1), e.To, e.Reason, by)
	}
	t.end()
}

// since is how much later something was.
func since(first, at time.Time) string {
	if d := at.Sub(first); d < time.Minute {
		return fmt.Sprintf("%+.1fs", d.Seconds())
	} else {
		return "+" + d.Truncate(time.Second).String()
	}
}

func orNot(figure, words, not string) string {
	if figure == "" {
		return not
	}
	return words + " " + figure
}
