package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
	"leeward/zones"
	"leeward/zones/lint"
)

func checkCommand() *cobra.Command {
	var file, origin string
	var asJSON, strict bool
	var delegation delegationCheck
	cmd := &cobra.Command{
		Use:   "check [ZONEFILE...]",
		Short: "Check a configuration with its zones, or lone zone files",
		Long: `Check a configuration with its zones and the files of its map (steering.geo), or lone zone files. No server is needed.

An error is what keeps a zone from being served, and what named-checkzone or kzonecheck refuses: the exit code is 1 then.
A warning may be meant as it is.

The zone of a lone file is given by --origin, by its name (NAME.zone, db.NAME), or in it, by the $ORIGIN or the SOA that
it begins with. With --config as well, its steered RRsets are told by that configuration's network.

With --delegation the name servers of a zone are asked what a registry asks them before it delegates to them.`,
		Example: `  leeward check --config leeward.yaml
  leeward check zones/*.zone
  leeward check --strict --origin example.com new.txt
  leeward check --delegation example.com
  leeward check --delegation example.com --undelegated --server ns1.example.com=192.0.2.53 --server ns2.example.com=198.51.100.53`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var result admin.CheckResult
			var err error
			if cmd.Flags().Changed("delegation") {
				if len(args) > 0 || origin != "" {
					return usageError{fmt.Errorf("--delegation asks servers: it goes without zone files")}
				}
				return delegation.run(cmd, file, asJSON, strict)
			}
			if flag := delegation.misused(); flag != "" {
				return usageError{fmt.Errorf("%s goes with --delegation ZONE", flag)}
			}
			if len(args) == 0 {
				if origin != "" {
					return usageError{fmt.Errorf("--origin goes with a zone file")}
				}
				result, err = checkConfig(cmd, file)
			} else {
				result, err = checkFiles(cmd, file, origin, args)
			}
			if err != nil && len(result.Zones) == 0 {
				return err
			}
			if asJSON {
				err = cmp.Or(printJSON(cmd.OutOrStdout(), result), err)
			} else {
				printCheck(cmd.OutOrStdout(), cmd.ErrOrStderr(), result)
			}
			if err == nil && !result.OK(strict) {
				err = errSaid
			}
			return err
		},
	}
	configFlag(cmd, &file)
	delegation.flags(cmd)
	cmd.Flags().StringVar(&origin, "origin", "", "zone that the file holds")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&strict, "strict", false, "end with exit code 1 for warnings too")
	return cmd
}

func checkConfig(cmd *cobra.Command, file string) (admin.CheckResult, error) {
	cfg, err := loadConfig(file, nil)
	if err != nil {
		return admin.CheckResult{}, err
	}
	warn(cmd.ErrOrStderr(), cfg.Warnings)
	result, err := service.Check(cfg)
	if err == nil && result.OK(false) {
		result.Config = file + " is well"
	}
	return result, err
}

func warn(stderr io.Writer, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintf(stderr, "warning: %s\n", w)
	}
}

// checkFiles checks lone zone files. With an error there is a result of those whose zone is known.
func checkFiles(cmd *cobra.Command, file, origin string, paths []string) (admin.CheckResult, error) {
	if origin != "" && len(paths) > 1 {
		return admin.CheckResult{}, usageError{fmt.Errorf("--origin goes with one zone file, not %d", len(paths))}
	}
	var network *steering.Network
	if cmd.Flags().Changed("config") {
		cfg, err := loadConfig(file, nil)
		if err != nil {
			return admin.CheckResult{}, err
		}
		network = cfg.Network
	}
	var result admin.CheckResult
	var unknown []error
	for _, path := range paths {
		apex, err := apexOf(path, origin)
		if err != nil {
			unknown = append(unknown, err)
			continue
		}
		result.Zones = append(result.Zones, service.CheckZone(zones.Source{Origin: apex.Lower(), File: path, Network: network}, lint.Beside{}))
	}
	if len(unknown) > 0 {
		return result, usageError{errors.Join(unknown...)}
	}
	return result, nil
}

// apexOf is the zone that a lone file holds; an origin that is not "" says so.
func apexOf(path, origin string) (zones.Name, error) {
	name := cmp.Or(origin, originOf(path))
	if name == "" {
		return "", fmt.Errorf("%s: which zone does it hold? (name the file NAME.zone, or give --origin NAME)", path)
	}
	apex, err := zones.ParseName(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return apex, nil
}

// printCheck prints errors to stderr and all else to stdout.
func printCheck(out, stderr io.Writer, r admin.CheckResult) {
	if r.Config != "" {
		fmt.Fprintf(out, "configuration %s\n", r.Config)
	}
	for _, z := range r.Zones {
		fmt.Fprintf(out, "%s: %s", z.Origin, z.Action)
		if z.Records > 0 {
			fmt.Fprintf(out, ", serial %d, %d records", z.Serial, z.Records)
		}
		fmt.Fprintln(out)
		if len(z.Findings) == 0 && z.Error != "" {
			fmt.Fprintf(stderr, "  %s\n", z.Error)
		}
		for _, f := range z.Findings {
			to := out
			if f.Severity == lint.Error {
				to = stderr
			}
			for _, line := range f.Lines() {
				fmt.Fprintf(to, "  %s: %s\n", f.Severity, line)
			}
			if f.Why != "" {
				fmt.Fprintf(to, "    why: %s\n    do:  %s\n", f.Why, f.Do)
			}
		}
	}
}
