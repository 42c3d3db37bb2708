package differential

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"leeward/dnsserver"
)

var (
	more   = flag.Int("queries", 30_000, "queries made at random in each world, beside those for every name and type")
	seed   = flag.Uint64("seed", 1, "of the queries made at random")
	report = flag.String("report", "", "write all differences that are not accepted to this file")
)

// TestPeers puts the same queries to Leeward, NSD, Knot and BIND, which have the same zones. An answer of ours that is
// not that of one of them fails, unless the difference stands in testdata/accepted.txt. An entry of that
// list that no query needs fails too, and so does an answer of ours that is not in good form. A world is a directory of zones that are served together.
func TestPeers(t *testing.T) {
	installed(t)
	list := acceptedList(t)
	for _, name := range []string{"zones", "root", "corners", "letters"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, name)
			queries := newGenerator(*seed, w.names).all(*more)
			w.compare(t, dnsserver.UDP, queries, list)
			w.compare(t, dnsserver.TCP, w.overTCP(queries), list)
		})
	}
	for _, a := range list {
		if a.used == 0 && !t.Failed() {
			t.Errorf("accepted.txt:%d: no query needs this entry", a.line)
		}
	}
}

// world is zones, and the servers that have them.
type world struct {
	name   string
	names  names
	server *dnsserver.Server
	peers  []*peer
}

func newWorld(t *testing.T, name string) *world {
	files := zoneFiles(t, filepath.Join("testdata", name))
	if name == "corners" {
		files = append(files, large(t))
	}
	w := &world{name: name, names: namesOf(t, files), server: leeward(t, files)}
	for _, p := range products {
		w.peers = append(w.peers, start(t, p, files))
	}
	return w
}

// overTCP is every tenth of the queries that are as they should be: the others may cost the connection.
func (w *world) overTCP(queries []query) (some []query) {
	for i, q := range queries {
		if i%10 == 0 && slices.Contains([]string{"plain", "edns", "do", "small", "large", "bits"}, q.kind) {
			some = append(some, q)
		}
	}
	return some
}

// difference is an answer of ours that no peer gives.
type difference struct {
	world string
	query query
	ours  answer
	peers []answer
	in    []part
}

// compare asks all servers, several batches at a time, and judges.
func (w *world) compare(t *testing.T, transport dnsserver.Transport, queries []query, list []*accepted) {
	const workers = 4
	var judging sync.Mutex
	var found []difference
	work := make(chan []query)
	group, ctx := errgroup.WithContext(t.Context())
	for range workers {
		group.Go(func() error {
			for some := range work {
				differences, err := w.ask(transport, some)
				if err != nil {
					return err
				}
				judging.Lock()
				found = append(found, rejected(differences, list)...)
				judging.Unlock()
			}
			return nil
		})
	}
	for some := range slices.Chunk(queries, batch) {
		select {
		case work <- some:
		case <-ctx.Done():
		}
	}
	close(work)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d queries over %s, each to Leeward and %d peers: %d differences", w.name, len(queries), transport, len(w.peers), len(found))
	w.tell(t, found)
}

// ask puts a batch to all servers.
func (w *world) ask(transport dnsserver.Transport, queries []query) (found []difference, err error) {
	ours := answers(w.server, transport, queries)
	theirs := make([][][]byte, len(w.peers))
	for i, p := range w.peers {
		if theirs[i], err = exchange(p.addr, transport, queries); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	for i, q := range queries {
		if err := w.form(transport, q, ours[i]); err != nil {
			return nil, fmt.Errorf("%s over %s: %w: %x", q, transport, err, ours[i])
		}
		d := difference{world: w.name, query: q, ours: read(ours[i])}
		for j := range w.peers {
			d.peers = append(d.peers, read(theirs[j][i]))
		}
		if d.judge() {
			found = append(found, d)
		}
	}
	return found, nil
}

// judge says whether the answer of ours differs from all others: in what it says, or in its manner. Both must be those of
// a peer, each as a whole; the manner may be another peer's. The parts that differ are those to the nearest peer.
func (d *difference) judge() bool {
	for _, half := range [][2]part{{0, manner}, {manner, parts}} {
		var nearest []part
		for i, p := range d.peers {
			if in := d.ours.differs(p, half[0], half[1]); i == 0 || len(in) < len(nearest) {
				nearest = in
			}
		}
		d.in = append(d.in, nearest...)
	}
	return len(d.in) > 0
}

// rejected are the differences that no entry of the list covers.
func rejected(found []difference, list []*accepted) (left []difference) {
	for _, d := range found {
		covered := false
		for _, a := range list {
			if a.covers(d) {
				a.used++
				covered = true
			}
		}
		if !covered {
			left = append(left, d)
		}
	}
	return left
}

// tell fails for the differences, with one example of each sort.
func (w *world) tell(t *testing.T, found []difference) {
	told := map[string]int{}
	var all strings.Builder
	for _, d := range found {
		sort := d.query.kind + " " + words(d.in) + " " + d.ours[rcodePart]
		if told[sort]++; told[sort] == 1 {
			t.Errorf("%s", w.describe(d))
		}
		all.WriteString(w.describe(d))
	}
	for sort, n := range told {
		t.Logf("%6d %s", n, sort)
	}
	if *report != "" && len(found) > 0 {
		f, err := os.OpenFile(*report, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(all.String()); err != nil {
			t.Error(err)
		}
	}
}

func (w *world) describe(d difference) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n differs from all in %s\nLeeward\n%s", w.name, d.query, words(d.in), d.ours)
	for i, p := range w.peers {
		fmt.Fprintf(&b, "%s\n%s", p.name, d.peers[i])
	}
	return b.String()
}
