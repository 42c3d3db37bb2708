package row

import (
	"testing"
	"time"

	"leeward/cmd/leeward-bench/internal/load"
)

func taking(label string, microseconds ...int) *contender {
	c := &contender{label: label}
	for _, us := range microseconds {
		c.samples = append(c.samples, sample{load.Tally{Right: 10}, 10 * time.Duration(us) * time.Microsecond})
	}
	return c
}

// A limit stands on the line of the cheapest of those that it is of, and is of the ratio in the same round.
func TestCompared(t *testing.T) {
	lost := taking("knot", 1, 1)
	lost.trouble = "5 of 10 queries lost"
	all := []*contender{taking("leeward", 12, 24), taking("nsd", 10, 20), taking("gdnsd", 11, 30), lost}
	limits := []limit{{[]string{"nsd", "gdnsd", "knot"}, 1.15}, {[]string{"gdnsd"}, 1}}
	for i, want := range [][3]string{
		{},
		{"1.20 (1.20..1.20)", "1.15", "**no**"},
		{"0.95 (0.80..1.09)", "1.00", "yes"},
		{},
	} {
		if got := compared(all, all[i], cpu, limits); got != want {
			t.Errorf("%s: %q, not %q", all[i].label, got, want)
		}
	}
	if notes := missing(all, cpu, append(limits, limit{[]string{"knot"}, 2})); len(notes) != 1 {
		t.Errorf("limits not judged: %q", notes)
	}
}
