package main

import (
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

func drainCommand() *cobra.Command {
	var at server
	var request admin.DrainRequest
	var duration time.Duration
	cmd := &cobra.Command{
		Use:   "drain TARGET",
		Short: "Keep clients away from a colo, an uplink or an upstream",
		Long: `Keep clients away from a colo, an uplink or an upstream, on all nodes, whatever is measured.

TARGET is colo:NAME, uplink:COLO/UPSTREAM (several upstreams joined by +) or upstream:NAME. A drain outlives restarts,
and ends by itself after --for, or by undrain. When nothing else is up, clients are still sent to what is drained but
measured up.`,
		Example: `  leeward drain colo:ams --reason "power works" --for 2h
  leeward drain uplink:ams/northway --reason "flapping since noon"
  leeward drain upstream:northway --reason "their ticket 4711" --for 30m`,
		Args: exactArgs("TARGET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(request.Reason) == "" {
				return usageError{errors.New("a drain wants a reason, for whoever finds it at night: --reason TEXT")}
			}
			if cmd.Flags().Changed("for") {
				if duration <= 0 {
					return usageError{fmt.Errorf("--for %s: a time to come is wanted, such as 30m or 1h30m", duration)}
				}
				request.For = duration.String()
			}
			request.Target, request.By = args[0], userName()
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			o, err := client.Drain(request)
			if err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), o)
			}
			until := "until undrained"
			if o.Until != nil {
				until = "until " + o.Until.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s drained by %s, %s\n", o.Target, o.By, until)
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().StringVar(&request.Reason, "reason", "", "why: shown wherever the drain is (required)")
	cmd.Flags().DurationVar(&duration, "for", 0, "for how long, such as 30m or 2h (default: until undrained)")
	cmd.Flags().BoolVar(&request.Force, "force", false, "even if nothing is left undrained")
	return cmd
}

func undrainCommand() *cobra.Command {
	var at server
	cmd := &cobra.Command{
		Use:     "undrain TARGET",
		Short:   "End a drain",
		Example: "  leeward undrain colo:ams",
		Args:    exactArgs("TARGET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := steering.ParsePlace(args[0])
			if err != nil {
				return usageError{err}
			}
			client, err := at.find(cmd)
			if err != nil {
				return err
			}
			if err := client.Undrain(place, userName()); err != nil {
				return err
			}
			if at.json {
				return printJSON(cmd.OutOrStdout(), map[string]string{"target": string(place), "action": "undrain"})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is drained no more\n", place)
			return nil
		},
	}
	at.flags(cmd)
	return cmd
}

// userName is who gives an order.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
