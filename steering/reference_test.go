package steering

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// slow judges as the rules read, one uplink by name after the other, and shares nothing with Judge but the types of what
// it is given. What it knows of the past it keeps by itself.
type slow struct {
	n *Network
	f Facts

	measured, company map[string]State // of uplinks
	failing           map[string]bool  // of upstreams
	changes           map[string][]time.Time
	full              map[TargetID]time.Time  // when a target that is down was last carried in full
	ramps             map[string][2]time.Time // start and end

	alone     string
	stale     map[string]bool
	turning   map[string]bool
	state     map[string]State
	back      map[string]int // slices that are back
	upstreams map[string]string
}

func (s *slow) name(u int) string {
	var c Colo
	for k := range s.n.colos {
		for range s.n.colos[k].Uplinks {
			if u == 0 {
				c = s.n.colos[k]
			}
			u--
		}
	}
	return c.Name
}

// coloAt is the colo that a target belongs to, "" for none.
func (s *slow) coloAt(id TargetID) string {
	for _, t := range s.n.targets {
		if t.ID == id {
			return s.name(int(t.Uplink))
		}
	}
	return ""
}

// isBlind: it reaches none of its outside targets and none of its witnesses; without witnesses only where it has targets
// in three or more other colos. What begins to fail is not reached, what succeeds again is.
func (s *slow) isBlind(sheet *Sheet) bool {
	outside, witnesses, reached := map[string]bool{}, 0, 0
	for _, v := range sheet.Votes {
		isWitness := false
		for _, w := range s.n.witnesses {
			isWitness = isWitness || w.ID == v.Target
		}
		colo := s.coloAt(v.Target)
		if isWitness {
			witnesses++
		} else if colo != "" && colo != sheet.Colo {
			outside[colo] = true
		} else {
			continue
		}
		if v.State != VoteDown && !v.Turning || v.State == VoteDown && v.Turning {
			reached++
		}
	}
	return reached == 0 && (witnesses > 0 || len(outside) > 2)
}

func (s *slow) fresh(h Heard) bool { return h.Age <= s.f.Stale }

// solitude: a node that hears nobody outside its colo is alone; and it is blind and alone, if all in its colo are blind.
func (s *slow) solitude() string {
	if s.f.Self.Name == "" {
		return ""
	}
	others, seeing, own := 0, 0, 0
	for _, h := range s.f.Sheets {
		mine := h.Sheet.Observer == s.f.Self.Name
		sameColo := mine || h.Sheet.Colo == s.f.Self.Colo && s.f.Self.Colo != ""
		if !mine && s.fresh(h) && !sameColo {
			others++
		}
		if sameColo && (mine || s.fresh(h)) && !s.isBlind(h.Sheet) {
			seeing++
		}
		if mine {
			own++
		}
	}
	if others > 0 {
		return ""
	}
	if own == 1 && seeing == 0 {
		return "blind and alone"
	}
	return "alone"
}

// change keeps something from changing for the better when it changed six times in the minute before.
func (s *slow) change(what string, from, to int) int {
	count := 0
	for _, at := range s.changes[what] {
		if s.f.Now.Sub(at) < time.Minute {
			count++
		}
	}
	if to < from && count >= 6 {
		return from
	}
	if to != from {
		s.changes[what] = append(s.changes[what], s.f.Now)
	}
	return to
}

// judge makes the next judgement.
func (s *slow) judge(f Facts) {
	s.f, s.alone = f, ""
	s.alone = s.solitude()
	s.stale, s.turning, s.state, s.back, s.upstreams = map[string]bool{}, map[string]bool{}, map[string]State{}, map[string]int{}, map[string]string{}
	for u := range s.n.uplinks {
		key := fmt.Sprint(u)
		is, told, full, turning := s.measure(u)
		lost := s.alone == "blind and alone" && (s.name(u) != f.Self.Colo || f.Self.Colo == "")
		if lost {
			is, told, turning = s.company[key], [2]time.Time{}, false
			s.stale[key] = is != Unknown
		} else if is == Unknown {
			is = s.measured[key]
			s.stale[key] = is != Unknown
		} else {
			for _, t := range s.n.targets {
				if int(t.Uplink) == u {
					delete(s.full, t.ID)
				}
			}
			for id, at := range full {
				s.full[id] = at
			}
		}
		ramp, under := [2]time.Time{}, s.ramps[key]
		switch {
		case is != Up && is != AtRisk || f.Ramp == 0:
		case under[1].After(f.Now):
			ramp = under
		case is == Up:
			ramp = told
		}
		if !ramp[1].IsZero() && s.drainEnded(u).After(ramp[0]) {
			ramp = [2]time.Time{}
		}
		was := s.measured[key]
		if was == Unknown {
			was = Up
		}
		better := is
		if better == Unknown {
			better = Up
		}
		if held := State(s.change(key, int(was), int(better))); held != better {
			is, turning, ramp = held, true, [2]time.Time{}
			if under[1].After(f.Now) {
				ramp = under
			}
		}
		if s.alone == "" && !s.stale[key] && is != Unknown {
			s.company[key] = is
		}
		for _, o := range f.Overrides {
			if s.covers(o.Place, u) && s.drained(o) {
				ramp = [2]time.Time{}
			}
		}
		back := 100
		if !ramp[1].IsZero() {
			back = int(100 * max(f.Now.Sub(ramp[0]).Microseconds(), 0) / ramp[1].Sub(ramp[0]).Microseconds())
		}
		s.ramps[key] = ramp
		s.measured[key], s.state[key], s.back[key], s.turning[key] = is, is, back, turning
	}
	s.judgeUpstreams()
	for u := range s.n.uplinks {
		for _, o := range f.Overrides {
			if s.covers(o.Place, u) && s.drained(o) {
				s.state[fmt.Sprint(u)] = Drained
			}
		}
	}
}

// told renders all that both judges say.
func (s *slow) told() (lines []string) {
	lines = append(lines, s.alone)
	for u := range s.n.uplinks {
		key := fmt.Sprint(u)
		lines = append(lines, fmt.Sprintf("uplink %d %s %s stale %v turning %v back %d", u, s.state[key], s.measured[key], s.stale[key], s.turning[key], s.back[key]))
	}
	for _, name := range s.n.upstreams {
		lines = append(lines, "upstream "+name+" "+s.upstreams[name])
	}
	return lines
}

func toldBy(v *Verdicts) (lines []string) {
	lines = append(lines, v.Alone)
	for u := range v.Uplinks {
		d := &v.Uplinks[u]
		lines = append(lines, fmt.Sprintf("uplink %d %s %s stale %v turning %v back %d", u, d.State, d.Measured, d.Stale, d.Turning, v.grading.back[u]))
	}
	for i := range v.Upstreams {
		lines = append(lines, fmt.Sprintf("upstream %s %s", v.network.upstreams[i], v.Upstreams[i].State))
	}
	return lines
}

// judgeBoth lets both judges follow one history of a random network, and gives what they last agreed on.
func judgeBoth(t *testing.T, seed uint64) {
	rng := newRand(seed)
	n := randomNetwork(rng)
	s := &slow{n: n, measured: map[string]State{}, company: map[string]State{}, failing: map[string]bool{}, changes: map[string][]time.Time{},
		full: map[TargetID]time.Time{}, ramps: map[string][2]time.Time{}}
	now := testNow
	var v *Verdicts
	for step := range 12 {
		f := randomFacts(rng, n, now, v)
		s.judge(f)
		v = Judge(n, f)
		if got, want := toldBy(v), s.told(); !slices.Equal(got, want) {
			t.Fatalf("seed %d, step %d, network %+v\nJudge says\n%s\nthe reference\n%s", seed, step, n.colos,
				strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		now = now.Add(time.Duration(rng.IntN(12)) * time.Second)
	}
}

// Judge says what a reference says that only reads the rules aloud, on random networks with random histories.
func TestJudgeAgainstReference(t *testing.T) {
	for seed := range uint64(250) {
		judgeBoth(t, seed)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(judgeBoth)
}
