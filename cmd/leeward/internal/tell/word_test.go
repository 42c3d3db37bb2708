package tell

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// trouble is an incident that began, and maybe ended, so long before noon.
func trouble(began time.Duration, ended ...time.Duration) admin.Incident {
	i := admin.Incident{ID: "2026-01-02-abcde", State: "open", Cause: admin.Cause{Kind: "upstream", Name: "northway", Words: "3 colos <down> & out"},
		Title: "upstream northway is failing: ams, lhr", Start: noon.Add(-began), Colos: []string{"ams", "lhr"}, Upstreams: []string{"northway"}}
	if len(ended) > 0 {
		end := noon.Add(-ended[0])
		i.State, i.End = "ended", &end
	}
	return i
}

// counted is an incident of which it is known how many clients it moves.
func counted(i admin.Incident) admin.Incident {
	share := 0.421
	i.ClientShare = &share
	return i
}

// The rows are those of the chart above owed.
func TestOwed(t *testing.T) {
	open, other, ended := "2026-01-02-abcde open "+Identify("upstream", "northway"), "2026-01-02-abcde open "+Identify("uplink", "ams/northway"), "2026-01-02-abcde ended"
	for _, tt := range []struct {
		name     string
		incident admin.Incident
		told     []string
		want     string
	}{
		{"open, just now", trouble(time.Second), nil, ""},
		{"open, clients not counted", trouble(4 * time.Second), nil, ""},
		{"open, clients not counted in time", trouble(5 * time.Second), nil, open},
		{"open, clients counted, just now", counted(trouble(time.Second)), nil, ""},
		{"open, clients counted", counted(trouble(2 * time.Second)), nil, open},
		{"a zone, which moves nobody", admin.Incident{ID: "x", Cause: admin.Cause{Kind: "zone", Name: "example.com."}, Start: noon.Add(-2 * time.Second)}, nil,
			"x open " + Identify("zone", "example.com.")},
		{"open, told", trouble(time.Hour), []string{open}, ""},
		{"open, told for another cause", trouble(time.Hour), []string{other}, open},
		{"open for days", trouble(25 * time.Hour), nil, ""},
		{"ended, told that it was open", trouble(5*time.Hour, time.Hour), []string{open}, ended},
		{"ended, told that it was open for another cause", trouble(5*time.Hour, time.Hour), []string{other}, ended},
		{"ended, told", trouble(5*time.Hour, time.Minute), []string{open, ended}, ""},
		{"ended before anybody was told", trouble(time.Hour, time.Minute), nil, ended},
		{"ended long before", trouble(time.Hour, 11*time.Minute), nil, ""},
		{"ended days ago", trouble(50*time.Hour, 25*time.Hour), []string{open}, ""},
		{"ended as soon as it began", trouble(time.Second, 0), nil, ended},
	} {
		known := told{has: func(key string) bool { return slices.Contains(tt.told, key) },
			begins: func(prefix string) bool {
				return slices.ContainsFunc(tt.told, func(key string) bool { return strings.HasPrefix(key, prefix) })
			}}
		w, ok := owed(tt.incident, noon, Usual(), known)
		got := ""
		if ok {
			got = w.Key()
		}
		if got != tt.want {
			t.Errorf("%s: owed %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Each node has a rank of its own; incidents are spread over nodes; and when the first is gone all others move up by one.
func TestRank(t *testing.T) {
	var nodes []string
	for i := range 9 {
		nodes = append(nodes, fmt.Sprintf("ns%d", i))
	}
	firsts := map[string]int{}
	for i := range 500 {
		incident := fmt.Sprint("incident ", i)
		by := make([]string, len(nodes))
		for _, n := range nodes {
			by[Rank(n, incident, nodes)] += n
		}
		if got := slices.Sorted(slices.Values(by)); !slices.Equal(got, nodes) {
			t.Fatalf("%s: ranks %q", incident, by)
		}
		firsts[by[0]]++
		for r, n := range by[1:] {
			if got := Rank(n, incident, by[1:]); got != r {
				t.Fatalf("%s: without the first %s has rank %d, want %d", incident, n, got, r)
			}
		}
	}
	for _, n := range nodes {
		if firsts[n] < 30 {
			t.Errorf("%s is first of %d of 500", n, firsts[n])
		}
	}
	if Rank("ns1", "x", nil) != 0 {
		t.Error("a node that hears nobody is not the first")
	}
}

// Pauses grow, up to the longest; a target that says when to come again is believed, within these.
func TestPause(t *testing.T) {
	p := Usual()
	for _, tt := range []struct {
		attempts int
		err      error
		want     time.Duration
	}{
		{1, nil, 2 * time.Second}, {2, nil, 4 * time.Second}, {5, nil, 32 * time.Second}, {9, nil, 5 * time.Minute}, {100000, nil, 5 * time.Minute},
		{1, &later{after: 30 * time.Second}, 30 * time.Second}, {1, &later{after: time.Hour}, 5 * time.Minute}, {9, &later{after: time.Nanosecond}, 2 * time.Second},
	} {
		if got := p.pause(tt.attempts, tt.err); got != tt.want {
			t.Errorf("after %d attempts, %v: %s, want %s", tt.attempts, tt.err, got, tt.want)
		}
	}
}
