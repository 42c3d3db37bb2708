package service

import (
	"fmt"
	"testing"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
)

// asking is a plane whose regions have these orders of two colos.
func asking(n *steering.Network, of byte, orders ...[]steering.ColoIndex) *plane {
	p := &plane{network: n, asked: dnsserver.NewAsked(len(orders)), pours: &steering.Regions{Map: steering.Digest{of}}}
	for i, order := range orders {
		p.pours.List = append(p.pours.List, steering.NewRegion(order).Numbered(uint32(i)))
	}
	return p
}

// The rows are looks one after the other: how much later, how often the two regions were asked in between, and what the
// others are told.
func TestDemand(t *testing.T) {
	p := asking(&steering.Network{}, 7, []steering.ColoIndex{0, 1}, []steering.ColoIndex{1, 0})
	var d demand
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, row := range []struct {
		what  string
		later time.Duration
		asked [2]int
		said  string
	}{
		{"the first look", 0, [2]int{}, "[]"},
		{"less than ten seconds later", 9 * time.Second, [2]int{60, 0}, "[]"},
		{"ten seconds: all of it counts", time.Second, [2]int{6, 6}, "[{0 400} {1 36}]"},
		{"half of it", 10 * time.Second, [2]int{0, 6}, "[{0 200} {1 36}]"},
		{"a fifth of the whole has not changed", 10 * time.Second, [2]int{33, 6}, "[{0 200} {1 36}]"},
		{"a minute of the first alone", time.Minute, [2]int{1234, 0}, "[{0 1200}]"},
		{"silence: a sixth less", 10 * time.Second, [2]int{}, "[{0 1200}]"},
		{"and again", 10 * time.Second, [2]int{}, "[{0 860}]"},
		{"a minute of silence", time.Minute, [2]int{}, "[]"},
		{"one a minute", time.Minute, [2]int{0, 1}, "[{1 1}]"},
	} {
		at = at.Add(row.later)
		for r, n := range row.asked {
			for range n {
				p.asked.Add(p.pours.List[r])
			}
		}
		said := d.look(p, at)
		if got := fmt.Sprint(said.Regions); got != row.said {
			t.Errorf("%s: told %s, want %s", row.what, got, row.said)
		}
		if len(said.Regions) > 0 && said.Map != p.pours.Map {
			t.Errorf("%s: of the map %v", row.what, said.Map)
		}
	}
}

// The rows are planes that follow one in which the regions 01 and 10 are asked 60 and 120 times a minute, and what is told
// at once.
func TestDemandOfAnotherMap(t *testing.T) {
	n := &steering.Network{}
	other, err := steering.NewNetwork([]steering.Colo{{Name: "a", Uplinks: []steering.Uplink{{Upstreams: []string{"u"}}}}}, steering.Check{})
	if err != nil {
		t.Fatal(err)
	}
	there, back := []steering.ColoIndex{0, 1}, []steering.ColoIndex{1, 0}
	for _, row := range []struct {
		what string
		next *plane
		said string
	}{
		{"another numbering", asking(n, 8, back, there), "[{0 120} {1 60}]"},
		{"a region that is gone", asking(n, 8, back), "[{0 120}]"},
		{"another network", asking(other, 8, back, there), "[]"},
		{"no capacity any more", &plane{network: n}, "[]"},
	} {
		before := asking(n, 7, there, back)
		var d demand
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		d.look(before, at)
		for i := range 30 {
			before.asked.Add(before.pours.List[min(i%3, 1)])
		}
		d.look(before, at.Add(10*time.Second))
		said := d.look(row.next, at.Add(11*time.Second))
		if got := fmt.Sprint(said.Regions); got != row.said {
			t.Errorf("%s: told %s, want %s", row.what, got, row.said)
		}
		if len(said.Regions) > 0 && said.Map != row.next.pours.Map {
			t.Errorf("%s: of the map %v", row.what, said.Map)
		}
	}
}
