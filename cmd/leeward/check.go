package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
	"leeward/zones"
)

func checkCommand() *cobra.Command {
	var file, origin string
	var asJSON bool
	var delegation delegationCheck
	cmd := &cobra.Command{
		Use:   "check [ZONEFILE...]",
		Short: "Check a configuration with its zones, or lone zone files, as strictly as serving does",
		Long: `Check a configuration with its zones, or lone zone files, as strictly as serving does. No server is needed.

A lone zone file is named NAME.zone, or its zone is given by --origin. With --config as well, its steered RRsets are
told by that configuration's network.

With --delegation the name servers of a zone are asked what a registry asks them before it delegates to them.`,
		Example: `  leeward check --config leeward.yaml
  leeward check zones/example.com.zone
  leeward check --origin example.com new.txt
  leeward check --delegation example.com
  leeward check --delegation example.com --undelegated --server ns1.example.com=192.0.2.53 --server ns2.example.com=198.51.100.53`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var result admin.ReloadResult
			var err error
			if delegation.zone != "" {
				if len(args) > 0 || origin != "" {
					return usageError{fmt.Errorf("--delegation asks servers: it goes without zone files")}
				}
				return delegation.run(cmd, file, asJSON)
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
			if err != nil {
				return err
			}
			return tellReload(cmd, result, asJSON)
		},
	}
	configFlag(cmd, &file)
	delegation.flags(cmd)
	cmd.Flags().StringVar(&origin, "origin", "", "zone that the file holds")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func checkConfig(cmd *cobra.Command, file string) (admin.ReloadResult, error) {
	cfg, err := loadConfig(file, nil)
	if err != nil {
		return admin.ReloadResult{}, err
	}
	warn(cmd.ErrOrStderr(), cfg.Warnings)
	result, err := service.Check(cfg)
	if err == nil && result.OK() {
		result.Config = file + " is well"
	}
	return result, err
}

func warn(stderr io.Writer, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintf(stderr, "warning: %s\n", w)
	}
}

// checkFiles checks lone zone files.
func checkFiles(cmd *cobra.Command, file, origin string, paths []string) (admin.ReloadResult, error) {
	if origin != "" && len(paths) > 1 {
		return admin.ReloadResult{}, usageError{fmt.Errorf("--origin goes with one zone file, not %d", len(paths))}
	}
	var network *steering.Network
	if cmd.Flags().Changed("config") {
		cfg, err := loadConfig(file, nil)
		if err != nil {
			return admin.ReloadResult{}, err
		}
		network = cfg.Network
	}
	var result admin.ReloadResult
	for _, path := range paths {
		name := origin
		if name == "" {
			base, ok := strings.CutSuffix(filepath.Base(path), ".zone")
			if !ok {
				return result, usageError{fmt.Errorf("%s: which zone does it hold? (name the file NAME.zone, or give --origin NAME)", path)}
			}
			name = base
		}
		apex, err := zones.ParseName(name)
		if err != nil {
			return result, usageError{fmt.Errorf("%s: %w", path, err)}
		}
		result.Zones = append(result.Zones, service.CheckZone(zones.Source{Origin: apex.Lower(), File: path, Network: network}))
	}
	return result, nil
}
