package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/row"
)

func listRows(out io.Writer) error {
	list := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range row.All() {
		fmt.Fprintf(list, "%s\t%s\n", r.Name, r.About)
	}
	return list.Flush()
}

func runRows(ctx context.Context, set settings, names []string, stdout, stderr io.Writer) error {
	rows, err := rowsOf(names)
	if err != nil {
		return err
	}
	if set.rounds < 1 || set.seconds <= 0 {
		return errors.New("--rounds and --seconds want more than nothing")
	}
	peers, err := peersOf(set.peers, stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // who reads no further does not keep what was made from being removed
	dir, err := os.MkdirTemp("", "leeward-bench-")
	if err != nil {
		return err
	}
	defer leave(dir, set.keep, stderr)
	if err := os.Chmod(dir, 0o755); err != nil { // a server may run as another user
		return err
	}
	if set.leeward == "" {
		if set.leeward, err = build(ctx, dir); err != nil {
			return err
		}
	}
	if set.leeward, err = filepath.Abs(set.leeward); err != nil {
		return err
	}
	if set.database != "" {
		if set.database, err = filepath.Abs(set.database); err != nil {
			return err
		}
	}
	bench := &row.Bench{Rounds: set.rounds, Long: set.duration(), Peers: peers, Leeward: peer.Leeward(set.leeward),
		ServerCPUs: set.serverCPUs, LoadCPU: set.loadCPU, Database: set.database, Small: set.small, Dir: dir, Progress: stderr}
	err = measure(ctx, bench, rows, stdout)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// measure runs rows and prints what they find. Its error is errBad if some server did not do what it must.
func measure(ctx context.Context, bench *row.Bench, rows []row.Row, out io.Writer) error {
	bad := false
	for _, r := range rows {
		fmt.Fprintf(bench.Progress, "%s: %s\n", r.Name, r.About)
		result, err := r.Run(ctx, bench)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		fmt.Fprintf(out, "## %s: %s\n\n", r.Name, r.About)
		result.Table.Print(out)
		for _, note := range result.Notes {
			fmt.Fprintf(out, "\n%s\n", note)
		}
		fmt.Fprintln(out)
		bad = bad || len(result.Bad) > 0
	}
	printMachine(out, bench)
	if bad {
		return errBad
	}
	return nil
}

func rowsOf(names []string) ([]row.Row, error) {
	if len(names) == 0 {
		return row.All(), nil
	}
	var rows []row.Row
	for _, name := range names {
		r, ok := row.Find(name)
		if !ok {
			return nil, fmt.Errorf("there is no row %q (see: leeward-bench --list)", name)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// peersOf are the peers of these names that are installed.
func peersOf(names []string, stderr io.Writer) ([]*peer.Program, error) {
	var list []*peer.Program
	for _, name := range names {
		if !slices.Contains(peer.Names(), name) {
			return nil, fmt.Errorf("there is no peer %q: %s", name, strings.Join(peer.Names(), ", "))
		}
		if p := peer.Find(name); p.Path != "" {
			list = append(list, p)
			continue
		}
		fmt.Fprintf(stderr, "%s is not installed, and left out\n", name)
	}
	return list, nil
}

// build makes the program from the module that the bench is run in.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "leeward")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, "leeward/cmd/leeward").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building leeward (--leeward names one that is built): %w: %s", err, out)
	}
	return path, nil
}

func leave(dir string, keep bool, stderr io.Writer) {
	if keep {
		fmt.Fprintln(stderr, "kept", dir)
		return
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(stderr, err)
	}
}
