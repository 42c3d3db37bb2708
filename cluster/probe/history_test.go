package probe

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"leeward/steering"
)

// the rules of the configuration's defaults
var usual = rules{interval: time.Second, fall: 6, rise: 5, hold: 10 * time.Minute}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)

// play gives a history one result a second, in order: P passed, S passed slowly, F failed, R refused, V void; small
// letters are those of rechecks. It returns the time of the last.
func play(h *history, now time.Time, results string) time.Time {
	for _, c := range results {
		now = now.Add(time.Second)
		r := map[rune]result{'P': {outcome: passed}, 'S': {outcome: slow, detail: "slow"}, 'F': {outcome: failed, detail: "lost"},
			'R': {outcome: failed, detail: "refused"}, 'V': {outcome: void}}[unicode.ToUpper(c)]
		r.order = h.start(unicode.IsLower(c), now.Add(-400*time.Millisecond))
		h.observe(r, now)
	}
	return now
}

// shows is a history's vote in one line.
func shows(h *history) string {
	if !h.voted {
		return "none"
	}
	s := h.vote.State.String()
	if h.vote.Turning {
		s += " turning"
	}
	if h.vote.Detail != "" {
		s += " " + h.vote.Detail
	}
	return s
}

// The rows of the chart above next, and of the one above why.
func TestVoteFollowsResults(t *testing.T) {
	r := strings.Repeat
	nineOfThirty := "P" + r("FPP", 9) + "PP"
	tenOfThirty := r("FPP", 10)
	for _, c := range []struct{ name, results, want string }{
		{"nothing known", "", "none"},
		{"a first success is up at once", "P", "up"},
		{"a first success after failures too", "FFFFFP", "up"},
		{"a first success may be a recheck", "Fp", "up"},
		{"failures without a success are no vote", "FFFFF", "none"},
		{"a target never seen up falls", "FFFFFF", "down lost"},
		{"rechecks count towards a fall", "PFfffff", "down lost"},
		{"one failure is nothing", "PF", "up"},
		{"two failures are about to change", "PFf", "up turning lost"},
		{"five are not enough", "PFffff", "up turning lost"},
		{"a success ends the row", "PFffffpf", "up"},
		{"void results say nothing", "VPVFfVfVfVfVV", "up turning lost"},
		{"nor do they break a row", "PFvfvfvfvfvf", "down lost"},
		{"two successes of a target that is down are nothing", "FFFFFFPP", "down lost"},
		{"three of five are about to change", "FFFFFFPPP", "down turning"},
		{"after a second fall it takes more", "FFFFFFPPPPPFFFFFFPPPP", "down lost"},
		{"five of ten", "FFFFFFPPPPPFFFFFFPPPPP", "down turning"},
		{"down, succeeding, failing again", "FFFFFFPPPPF", "down lost"},
		{"down, succeeding, failing for another reason", "FFFFFFPPPPR", "down refused"},
		{"four successes are not enough", "FFFFFFPPPP", "down turning"},
		{"five are", "FFFFFFPPPPP", "up"},
		{"a failure starts the count anew", "FFFFFFPPPPFPPPP", "down turning"},
		{"successes of rechecks do not rise", "FFFFFFppppp", "down lost"},
		{"successes before the fall do not count", "PPPPPFFFFFFPPPP", "down turning"},
		{"nine of thirty lost is up", nineOfThirty, "up"},
		{"ten of thirty is lossy", tenOfThirty, "lossy lost"},
		{"ten of twenty-nine is not known yet", tenOfThirty[:29], "up"},
		{"three left of thirty is lossy still", tenOfThirty + r("P", 21), "lossy lost"},
		{"two left is up", tenOfThirty + r("P", 22), "up"},
		{"three failures of a lossy one are nothing", tenOfThirty + "FFF", "lossy lost"},
		{"four are about to change", tenOfThirty + "FFFF", "lossy turning lost"},
		{"lossy falls", tenOfThirty + "FFFFFF", "down lost"},
		{"an outage leaves no losses", tenOfThirty + "FFFFFF" + "PPPPP", "up"},
		{"nor does it for thirty results more", r("F", 20) + "PPPPP" + r("PPF", 9) + "PP", "up"},
		{"a first slow success is up at once", "S", "up"},
		{"slow successes do not fall", r("S", 29), "up"},
		{"they are lost for the share", r("S", 30), "lossy slow"},
		{"ten of thirty slow is lossy", r("SPP", 10), "lossy slow"},
		{"nine is not", "P" + r("SPP", 9) + "PP", "up"},
		{"slow and failed count together", r("SPPFPP", 5), "lossy lost"},
		{"a slow success ends a row of failures", "PFffffs", "up"},
		{"slow successes rise", "FFFFFFSSSSS", "up"},
		{"slow while down shows no reason of its own", "FFFFFFS", "down lost"},
		{"reasons that take turns leave the first while down", "FFFFFF" + r("RF", 20), "down lost"},
		{"five of another in a row are not enough", "FFFFFF" + r("R", 5), "down lost"},
		{"six are", "FFFFFF" + r("R", 6), "down refused"},
		{"reasons that take turns leave the first while lossy", tenOfThirty + r("PPS", 5) + "PPF" + r("PPS", 5), "lossy lost"},
		{"six of another in a row show while lossy", tenOfThirty + r("PPS", 6), "lossy slow"},
	} {
		h := newHistory(1, usual, false)
		play(h, epoch, c.results)
		if got := shows(h); got != c.want {
			t.Errorf("%s: after %q the vote is %q, want %q", c.name, c.results, got, c.want)
		}
	}
}

// Each script starts probes (s, or r for a recheck) and ends the one whose digit follows: +3 passed, -3 failed, /3 void.
func TestRowsFollowTheOrderOfStart(t *testing.T) {
	two := rules{interval: time.Second, fall: 3, rise: 2, hold: 0}
	for _, c := range []struct {
		name, script, want string
		recheck            bool
	}{
		{"a first failure wants a recheck", "s+0 s-1", "up", true},
		{"a row of failures that end as they started", "s+0 sss -1-2-3", "down lost", false},
		{"a late timeout older than a success does not count after it", "s+0 ssss +2 -3-4 -1", "up turning lost", true},
		{"a success between failures ends the row, however late", "s+0 ssss -1-3-4 +2", "up turning lost", true},
		{"until it is known, the row is not one", "s+0 ssss -1-3-4", "up", false},
		{"and is one when it fails", "s+0 ssss -1-3-4 -2", "down lost", false},
		{"and when it turns out void", "s+0 ssss -1-3-4 /2", "down lost", false},
		{"enough in flight to fall", "s+0 sss -1", "up", false},
		{"one fewer", "s+0 ss -1", "up", true},
		{"a newer success ends the doubt", "s+0 sss -1 +3", "up", false},
		{"a newer failure wakes it", "s+0 sss -1 +2 -3", "up", true},
		{"a void probe is replaced", "s+0 srr -1 /2", "up", true},
		{"a target that is down is not rechecked", "sss-0-1-2", "down lost", false},
		{"an order nobody gave", "s+0 -5", "up", false},
		{"a probe that ended twice", "s+0 -0-0-0", "up", false},
	} {
		h := newHistory(1, two, false)
		script := strings.ReplaceAll(c.script, " ", "")
		for i := 0; i < len(script); i++ {
			switch script[i] {
			case 's', 'r':
				h.start(script[i] == 'r', epoch)
			default:
				o := map[byte]outcome{'+': passed, '-': failed, '/': void}[script[i]]
				h.observe(result{order: uint64(script[i+1] - '0'), outcome: o, detail: "lost"}, epoch)
				i++
			}
		}
		if got := shows(h); got != c.want {
			t.Errorf("%s: after %q the vote is %q, want %q", c.name, c.script, got, c.want)
		}
		if got := h.doubtful(); got != c.recheck {
			t.Errorf("%s: after %q a recheck is wanted: %v, want %v", c.name, c.script, got, c.recheck)
		}
	}
}

// rises counts the regular successes, one an interval, that a history wants before it rises.
func rises(h *history, now *time.Time) int {
	for n := 1; ; n++ {
		*now = now.Add(h.rules.interval)
		h.observe(result{order: h.start(false, *now), outcome: passed}, *now)
		if h.vote.State != steering.VoteDown {
			return n
		}
	}
}

func TestTimeToRiseGrowsWithFalls(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules rules
		want  []int // successes to rise after each fall, one directly after the other
	}{
		{"defaults", usual, []int{5, 10, 20, 40, 80, 160, 320, 600, 600}},
		{"no memory", rules{interval: time.Second, fall: 6, rise: 5}, []int{5, 5, 5, 5}},
		{"long memory", rules{interval: time.Second, fall: 6, rise: 5, hold: 100 * time.Hour},
			[]int{5, 10, 20, 40, 80, 160, 320, 600, 600, 600}},
		{"slow probes", rules{interval: time.Minute, fall: 2, rise: 3, hold: 100 * time.Hour}, []int{3, 6, 10, 10}},
		{"a rise longer than any", rules{interval: time.Hour, fall: 1, rise: 2, hold: 100 * time.Hour}, []int{2, 2, 2}},
	} {
		h := newHistory(1, c.rules, false)
		now := epoch
		var got []int
		for range c.want {
			now = play(h, now, strings.Repeat("F", c.rules.fall))
			got = append(got, rises(h, &now))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the falls needed %v successes, want %v", c.name, got, c.want)
		}
	}
}

func TestQuietTimeHalvesTheTimeToRise(t *testing.T) {
	for _, c := range []struct {
		quiet time.Duration
		falls uint8
		need  int
	}{
		{0, 5, 80},
		{10*time.Minute - 1, 5, 80},
		{10 * time.Minute, 4, 40},
		{20 * time.Minute, 3, 20},
		{40 * time.Minute, 1, 5},
		{50 * time.Minute, 0, 5},
		{1000 * time.Hour, 0, 5},
	} {
		f := newFlips(usual)
		for range 5 {
			f.fall(epoch)
		}
		now := epoch.Add(c.quiet)
		if falls, need := f.count(now), f.need(now); falls != c.falls || need != c.need {
			t.Errorf("%v after five falls %d are remembered and %d successes needed, want %d and %d",
				c.quiet, falls, need, c.falls, c.need)
		}
	}
}
