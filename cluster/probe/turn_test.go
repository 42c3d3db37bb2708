package probe

import (
	"strings"
	"testing"
	"time"

	"leeward/steering"
)

// The rows of the chart above next, of a target presumed down.
func TestTargetPresumedDownHasToRise(t *testing.T) {
	for _, c := range []struct{ name, results, want string }{
		{"nothing known", "", "none"},
		{"a success is not enough", "P", "none"},
		{"nor are four", "PPPP", "none"},
		{"five are", "PPPPP", "up"},
		{"slow ones too", "SSSSS", "up"},
		{"those of rechecks do not count", "PPPPpppp", "none"},
		{"a failure starts the count anew", "PPPPFPPPP", "none"},
		{"five failures are not enough to fall", "FFFFF", "none"},
		{"six are", "FFFFFF", "down lost"},
		{"and rise like any", "FFFFFFPPPPP", "up"},
	} {
		h := newHistory(1, usual, true)
		play(h, epoch, c.results)
		if got := shows(h); got != c.want {
			t.Errorf("%s: after %q the vote is %q, want %q", c.name, c.results, got, c.want)
		}
		if up := c.want == "up"; h.vote.Rose != up {
			t.Errorf("%s: after %q the vote rose: %v, want %v", c.name, c.results, h.vote.Rose, up)
		}
	}
}

func TestRoseIsUpAfterDown(t *testing.T) {
	tenOfThirty := strings.Repeat("FPP", 10)
	for _, c := range []struct {
		name, results string
		want          bool
	}{
		{"up from the start", "PPP", false},
		{"down", "PFFFFFF", false},
		{"up after down", "FFFFFFPPPPP", true},
		{"up after down, for long", "FFFFFFPPPPP" + strings.Repeat("P", 100), true},
		{"down again", "FFFFFFPPPPPFFFFFF", false},
		{"lossy after it rose", "FFFFFFPPPPP" + tenOfThirty, false},
		{"up after lossy", "FFFFFFPPPPP" + tenOfThirty + strings.Repeat("P", 22), false},
	} {
		h := newHistory(1, usual, false)
		play(h, epoch, c.results)
		if h.vote.Rose != c.want {
			t.Errorf("%s: rose is %v, want %v", c.name, h.vote.Rose, c.want)
		}
	}
}

// A fall is in doubt from the start of the first failure of its row; those before a success are another row.
func TestDoubtIsTheTimeThatAFallTook(t *testing.T) {
	h := newHistory(1, usual, false)
	now := play(h, epoch, "PFFP")
	play(h, now, "FFFFF")
	if h.vote.Doubt != 0 {
		t.Errorf("before the fall the doubt is %v", h.vote.Doubt)
	}
	now = play(h, now.Add(5*time.Second), "F")
	if want := 5*time.Second + 400*time.Millisecond; h.vote.State != steering.VoteDown || h.vote.Doubt != want {
		t.Errorf("the vote is %v with a doubt of %v, want %v", h.vote.State, h.vote.Doubt, want)
	}
	play(h, now, "FFFPPPPP")
	if h.vote.State != steering.VoteUp || h.vote.Doubt != 0 {
		t.Errorf("after the rise the vote is %v with a doubt of %v", h.vote.State, h.vote.Doubt)
	}
}

func TestSinceIsTheLastChangeOfStateToTheMillisecond(t *testing.T) {
	h := newHistory(1, usual, false)
	now := play(h, epoch, "PPPFFFFFF")
	down := now.Truncate(time.Millisecond)
	now = play(h, now, "FFPPPP")
	if h.vote.State != steering.VoteDown || h.vote.Since != down {
		t.Errorf("after a fall at %v the vote is %v since %v", down, h.vote.State, h.vote.Since)
	}
	now = play(h, now, "P")
	up := now.Truncate(time.Millisecond)
	play(h, now, "PPFP")
	if h.vote.State != steering.VoteUp || h.vote.Since != up {
		t.Errorf("after a rise at %v the vote is %v since %v", up, h.vote.State, h.vote.Since)
	}
	if h.vote.Since.Location() != time.UTC {
		t.Errorf("since is in %v", h.vote.Since.Location())
	}
}
