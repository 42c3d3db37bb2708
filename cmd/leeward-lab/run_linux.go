package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/scenario"
	"leeward/cmd/leeward-lab/internal/timeline"
)

func listScenarios(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range scenario.All() {
		set := ""
		switch {
		case s.Smoke:
			set = "smoke"
		case s.Alone:
			set = "alone"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, set, s.About)
	}
	return table.Flush()
}

// clean takes away the namespaces of dead laboratories.
func clean(out io.Writer) error {
	removed, err := netns.RemoveDead()
	for _, name := range removed {
		fmt.Fprintln(out, "removed", name)
	}
	return err
}

// lacking says what this machine lacks to run a laboratory, nil for nothing.
func lacking() error {
	if os.Geteuid() != 0 {
		return errors.New("root is wanted, to make network namespaces: run it with sudo")
	}
	if err := netns.Permitted(); err != nil {
		return fmt.Errorf("this machine lets nobody make network namespaces: %w", err)
	}
	var packages []string
	for _, tool := range [][2]string{{"ip", "iproute2"}, {"nft", "nftables"}, {"unbound", "unbound"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			packages = append(packages, tool[1])
		}
	}
	if len(packages) > 0 {
		return fmt.Errorf("programs are missing: apt-get install %s", strings.Join(packages, " "))
	}
	return nil
}

func runScenarios(ctx context.Context, set settings, names []string, stdout, stderr io.Writer) error {
	list, unknown := scenario.Of(names)
	if unknown != "" {
		return fmt.Errorf("there is no scenario %q (see: leeward-lab list)", unknown)
	}
	if err := lacking(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if _, err := netns.RemoveDead(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "leeward-lab-")
	if err != nil {
		return err
	}
	defer os.Remove(dir) // it is not empty if something in it is worth keeping
	if set.leeward == "" {
		set.leeward = filepath.Join(dir, "leeward")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", set.leeward, "leeward/cmd/leeward").CombinedOutput(); err != nil {
			return fmt.Errorf("building leeward (--leeward names one that is built): %w: %s", err, out)
		}
		defer os.Remove(set.leeward)
	}
	if set.leeward, err = filepath.Abs(set.leeward); err != nil {
		return err
	}
	opts := scenario.Options{Leeward: set.leeward, TTL: set.ttl, Limit: set.limit, For: set.long, Keep: set.keep, Directory: dir}
	show := shower{set.json, stdout}
	var outcomes []timeline.Outcome
	for run := 1; run <= set.times; run++ {
		for _, s := range list {
			o := s.Run(ctx, opts, run)
			if ctx.Err() != nil {
				_ = os.RemoveAll(o.Files) // half a run shows nothing
				return errors.New("interrupted")
			}
			show.outcome(o)
			outcomes = append(outcomes, o)
		}
	}
	return show.figures(timeline.Sum(outcomes))
}

// shower prints results, for readers or for programs.
type shower struct {
	json bool
	out  io.Writer
}

func (s shower) outcome(o timeline.Outcome) {
	if s.json {
		s.line(o)
		return
	}
	o.Print(s.out)
}

// figures prints the figures of several runs. Its error says that some run was not as it must be.
func (s shower) figures(list []timeline.Figures) error {
	failed := 0
	for _, f := range list {
		failed += f.Failed
		switch {
		case s.json:
			s.line(f)
		case f.Runs > 1:
			f.Print(s.out)
		}
	}
	if failed > 0 {
		return errBroken
	}
	return nil
}

func (s shower) line(v any) {
	text, err := json.Marshal(v)
	if err == nil {
		_, _ = fmt.Fprintf(s.out, "%s\n", text)
	}
}
