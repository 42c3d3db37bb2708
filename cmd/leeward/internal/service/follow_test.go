package service

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/tell"
	"leeward/zones"
)

// band is nodes of one cluster: the first has a zone in a file, the others follow it.
type band struct {
	dir   string
	nodes []*Service

	incidents string // of the configuration of places
	pace      tell.Pace
	stops     map[*Service]func() error
}

// stop stops a node before the test ends.
func (b *band) stop(t testing.TB, s *Service) {
	if err := b.stops[s](); err != nil {
		t.Error(err)
	}
}

// newBand starts a band. It ends with the test.
func newBand(t testing.TB, followers int) *band {
	b := &band{dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(b.dir, "zones"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.edit(t, 1)
	join := ""
	for i := range followers + 1 {
		name, from := fmt.Sprintf("ns%d", i), "follow: [ns0]"
		if i == 0 {
			from = "directory: zones"
		}
		file := filepath.Join(b.dir, name+".yaml")
		text := fmt.Sprintf(`
node: {name: %s}
dns: {listen: ["127.0.0.1:0"]}
zones: {%s}
cluster: {listen: "127.0.0.1:0", join: [%s]}
admin: {listen: "", socket: ""}
state: {directory: state-%[1]s}
`, name, from, join)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := b.start(t, file)
		if i == 0 {
			join = fmt.Sprintf("%q", s.node.Addr())
		}
		b.nodes = append(b.nodes, s)
	}
	return b
}

func (b *band) start(t testing.TB, file string) *Service {
	cfg, err := config.Load(config.Options{File: file, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Config: cfg, Version: "test", Pace: b.pace, Logger: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if b.stops == nil {
		b.stops = map[*Service]func() error{}
	}
	b.stops[s] = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { b.stop(t, s) })
	until(t, "ready", s.Ready)
	return s
}

// edit writes the zone with a serial, as editors do: beside, and then into the place.
func (b *band) edit(t testing.TB, serial int) {
	text := fmt.Sprintf("$TTL 300\n@ SOA ns1 host %d 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\nwww TXT v%[1]d\n", serial)
	file := filepath.Join(b.dir, "zones", "example.com.zone")
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// serves waits until the nodes serve a serial.
func (b *band) serves(t testing.TB, nodes []*Service, serial uint32) {
	origin, err := zones.ParseName("example.com")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range nodes {
		until(t, fmt.Sprintf("node %d of %d serves serial %d", i, len(nodes), serial), func() bool {
			z := s.View().Zones.Zone(origin)
			return z != nil && z.Unready() == "" && z.Serial() == serial
		})
	}
}

// TestFollow has two nodes follow a third through a hundred edits, and end with its content, changes and all.
func TestFollow(t *testing.T) {
	b := newBand(t, 2)
	const edits = 100
	for serial := 2; serial <= edits; serial++ {
		b.edit(t, serial)
	}
	b.serves(t, b.nodes, edits)
	origin := editionsOf("ns0")
	for i, s := range b.nodes {
		if got, want := versionOf(s.View().Zones.Zone(origin)), versionOf(b.nodes[0].View().Zones.Zone(origin)); got != want {
			t.Errorf("node %d has the list %v, want %v", i, got, want)
		}
		until(t, "no lags", func() bool {
			behind := 0
			for _, m := range s.node.Members() {
				behind += m.Zones.Behind
			}
			return behind == 0
		})
	}
}

// BenchmarkEditServedEverywhere has how long it takes from an edit of a file on one node until it and five that follow it
// serve it; of that, until the node itself does.
func BenchmarkEditServedEverywhere(b *testing.B) {
	band := newBand(b, 5)
	band.serves(b, band.nodes, 1)
	var first, longest time.Duration
	for serial := 2; b.Loop(); serial++ {
		start := time.Now()
		band.edit(b, serial)
		band.serves(b, band.nodes[:1], uint32(serial))
		first += time.Since(start)
		band.serves(b, band.nodes, uint32(serial))
		longest = max(longest, time.Since(start))
	}
	b.ReportMetric(first.Seconds()*1000/float64(b.N), "ms-until-first/op")
	b.ReportMetric(longest.Seconds()*1000, "ms-longest")
}
