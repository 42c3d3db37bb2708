package row

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/table"
)

// Bench is what all rows share.
type Bench struct {
	Rounds     int
	Long       time.Duration // of one load of one server
	Peers      []*peer.Program
	Leeward    *peer.Program
	ServerCPUs []int // of the servers under load
	LoadCPU    int
	Database   string // a real city database; "" has one made
	Small      bool   // worlds of a hundredth of their size, for trying out
	Dir        string // for everything that is made
	Progress   io.Writer

	folders int
	made    map[string]bool // databases, by path
}

// Row is one thing that is measured.
type Row struct {
	Name  string
	About string
	run   func(ctx context.Context, b *Bench) (Result, error)
}

// Result is what a row has found.
type Result struct {
	Table table.Table
	Notes []string
	Bad   []string // servers that lost or refused queries, or answered otherwise than they must
}

// Run measures a row.
func (r Row) Run(ctx context.Context, b *Bench) (Result, error) { return r.run(ctx, b) }

// Find is a row by its name.
func Find(name string) (Row, bool) {
	for _, r := range All() {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// folder makes a directory.
func (b *Bench) folder(name string) (string, error) {
	b.folders++
	dir := filepath.Join(b.Dir, fmt.Sprintf("%d-%s", b.folders, name))
	return dir, os.MkdirAll(dir, 0o755)
}

func (b *Bench) say(format string, args ...any) { fmt.Fprintf(b.Progress, format+"\n", args...) }

// size is how many of something a world has.
func (b *Bench) size(n int) int {
	if b.Small {
		return max(n/100, 10)
	}
	return n
}

// peers are those that one may be compared with, in this row.
func (b *Bench) peers(names ...string) []*peer.Program {
	var list []*peer.Program
	for _, p := range b.Peers {
		for _, name := range names {
			if p.Name == name {
				list = append(list, p)
			}
		}
	}
	return list
}
