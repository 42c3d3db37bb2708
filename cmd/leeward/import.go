package main

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/gdnsd"
	"leeward/cmd/leeward/internal/migrate/geodns"
	"leeward/cmd/leeward/internal/migrate/pdns"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
	"leeward/steering/geo"
)

func importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Make zones, _steer records and a network of another server's configuration",
		Long: `Make zones, _steer records and a network of another server's configuration.

Out come a configuration (leeward.yaml) with the colos and the check, zones (zones/NAME.zone), a nets file if it is
needed, and a list of what could not be carried over, with file and line, what it meant and what to do instead
(not-carried-over.txt). With --out they are written into a directory, where nothing is overwritten without --force, and
the list is printed too. Without it everything is printed, each file below a line "==> NAME <==".

What is made is checked as leeward check does it. The exit code is 1 when that finds an error; with --strict also when
something could not be carried over.`,
		Example: `  leeward import gdnsd /etc/gdnsd --out leeward
  leeward import geodns dns/example.com.json
  leeward import pdns-lua example.com.zone --out leeward
  leeward check --config leeward/leeward.yaml`,
		Args: noArgs,
		RunE: help,
	}
	cmd.AddCommand(importGdnsdCommand(), importGeodnsCommand(), importPdnsCommand())
	return cmd
}

// importing is where what is made goes.
type importing struct {
	out           string
	force, strict bool
}

func (i *importing) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&i.out, "out", "-", "directory to write into; - prints")
	cmd.Flags().BoolVar(&i.force, "force", false, "overwrite what is in the directory")
	cmd.Flags().BoolVar(&i.strict, "strict", false, "end with exit code 1 when something could not be carried over")
}

func importGdnsdCommand() *cobra.Command {
	var to importing
	var outside bool
	cmd := &cobra.Command{
		Use:   "gdnsd DIR",
		Short: "Import a configuration directory of gdnsd: its config and its zones",
		Long: `Import a configuration directory of gdnsd 3: the file config with all that it includes, and the zones in zones.

Resources of the plugins static, simplefo, multifo, weighted, metafo and geoip that zones name by DYNA and DYNC are
carried over: the name gets all their addresses, and a _steer record.`,
		Example: `  leeward import gdnsd /etc/gdnsd
  leeward import gdnsd /etc/gdnsd --out leeward`,
		Args: exactArgs("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			site, err := gdnsd.Read(args[0], outside)
			return to.carry(cmd, site, err)
		},
	}
	to.flags(cmd)
	cmd.Flags().BoolVar(&outside, "outside", false, "read files that are included from outside of the directory too")
	return cmd
}

func importGeodnsCommand() *cobra.Command {
	var to importing
	cmd := &cobra.Command{
		Use:   "geodns FILE...",
		Short: "Import zone files of geodns",
		Long: `Import zone files of geodns (NAME.json), or all those in a directory.

Labels for countries and autonomous systems, weights, max_hosts, aliases and health tests are carried over.`,
		Example: `  leeward import geodns dns/example.com.json
  leeward import geodns dns --out leeward`,
		Args: someArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			site, err := geodns.Read(args)
			return to.carry(cmd, site, err)
		},
	}
	to.flags(cmd)
	return cmd
}

func importPdnsCommand() *cobra.Command {
	var to importing
	var outside bool
	var origin string
	cmd := &cobra.Command{
		Use:   "pdns-lua FILE...",
		Short: "Import zone files of PowerDNS with LUA records",
		Long: `Import zone files of PowerDNS with LUA records, or what pdnsutil list-zone prints.

LUA records of type A and AAAA are carried over that are made of ifportup, ifurlup, pickrandom, pickrandomsample,
pickhashed, pickwrandom, pickwhashed, pickclosest, all, or addresses; and if, by country and autonomous system, of these.
Nothing is run.

The zone is that of the SOA record. Relative names are below --origin, or below what the file's name says (NAME.zone,
db.NAME).`,
		Example: `  pdnsutil list-zone example.com > example.com.zone
  leeward import pdns-lua example.com.zone --out leeward`,
		Args: someArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if origin != "" && len(args) > 1 {
				return usageError{fmt.Errorf("--origin goes with one zone file, not %d", len(args))}
			}
			if origin != "" && !strings.HasSuffix(origin, ".") {
				origin += "."
			}
			site, err := pdns.Read(args, origin, outside)
			return to.carry(cmd, site, err)
		},
	}
	to.flags(cmd)
	cmd.Flags().StringVar(&origin, "origin", "", "what relative names in the file are below")
	cmd.Flags().BoolVar(&outside, "outside", false, "read files that are included from outside of the zone file's directory too")
	return cmd
}

// someArgs wants one argument or more.
func someArgs(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return usageError{fmt.Errorf("%s wants %s (see: %s --help)", cmd.CommandPath(), name, cmd.CommandPath())}
	}
}

// carry makes files of what was read, writes them and checks them.
func (i *importing) carry(cmd *cobra.Command, site *migrate.Site, err error) error {
	if err != nil {
		return err
	}
	if len(site.Zones) == 0 {
		return fmt.Errorf("%s: there are no zones", strings.Join(cmd.Flags().Args(), ", "))
	}
	database, err := geo.Embedded()
	if err != nil {
		return err
	}
	made, err := site.Make(func(a netip.Addr) (steering.Location, bool) {
		at, _, ok := database.Locate(a)
		return at, ok
	})
	if err != nil {
		return err
	}
	dir, printed := i.out, ""
	if dir == "-" {
		if dir, err = os.MkdirTemp("", "leeward-import-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		printed = dir + string(filepath.Separator)
		for _, f := range made.Files {
			fmt.Fprintf(cmd.OutOrStdout(), "==> %s <==\n%s\n", f.Name, f.Text)
		}
	}
	if err := i.write(dir, made.Files); err != nil {
		return err
	}
	if i.out != "-" {
		for _, f := range made.Files {
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s\n", target(dir, f))
		}
		fmt.Fprintf(cmd.OutOrStdout(), "\n%s", made.List(site.Peer))
	}
	if err := checkImport(cmd.ErrOrStderr(), dir, printed); err != nil {
		return err
	}
	if i.strict && len(made.Lost) > 0 {
		return errSaid
	}
	return nil
}

// checkImport checks what was made as leeward check does. The path printed is left out of what it says.
func checkImport(stderr io.Writer, dir, printed string) error {
	file := filepath.Join(dir, migrate.ConfigFile)
	cfg, err := config.Load(config.Options{File: file, HostName: "imported", Version: version}) // whatever the environment here is
	if err != nil {
		return fmt.Errorf("what was made is no configuration: %w", err)
	}
	result, err := service.Check(cfg)
	if err != nil {
		return fmt.Errorf("what was made cannot be served: %w", err)
	}
	if result.OK(false) {
		return nil
	}
	var said strings.Builder
	printCheck(io.Discard, &said, result)
	fmt.Fprintf(stderr, "leeward: what was made has errors, most likely those of what was read:\n%s",
		strings.ReplaceAll(said.String(), printed, ""))
	return errSaid
}
