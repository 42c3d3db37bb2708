package steering

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// measure is an uplink's verdict by votes, Unknown without any, with the ramp that they tell, and when what is down was
// carried in full.
func (s *slow) measure(u int) (State, [2]time.Time, map[TargetID]time.Time, bool) {
	all, down, worse := map[bool]int{}, map[bool]int{}, 0
	targets, turning := 0, false
	full := map[TargetID]time.Time{}
	var ramp [2]time.Time
	isDown := func(v VoteState) bool { return v == VoteDown }
	for _, t := range s.n.targets {
		votes, outside := s.votesOn(t)
		if int(t.Uplink) != u || len(votes) == 0 {
			continue
		}
		targets++
		all[t.Addr.Is4()]++
		for _, v := range votes {
			turning = turning || v.vote.Turning
		}
		at, convicted := s.full[t.ID]
		convicted = convicted && s.f.Now.Sub(at) <= 10*time.Minute
		switch {
		case s.says(t, votes, outside, false, isDown):
			full[t.ID] = s.f.Now
		case outside && convicted && s.says(t, votes, outside, true, isDown):
			full[t.ID] = at
		}
		switch {
		case !full[t.ID].IsZero():
			down[t.Addr.Is4()]++
			worse++
		case s.says(t, votes, outside, false, func(v VoteState) bool { return v != VoteUp }):
			worse++
		}
		if start, end, _ := s.ramp(votes); end.After(ramp[1]) {
			ramp = [2]time.Time{start, end}
		}
	}
	switch {
	case targets == 0:
		return Unknown, ramp, full, false
	case all[true] > 0 && down[true] == all[true], all[false] > 0 && down[false] == all[false]:
		return Down, ramp, full, turning
	case worse > 0:
		return AtRisk, ramp, full, turning
	}
	return Up, ramp, full, turning
}

func (s *slow) ramp(votes []slowVote) (start, end time.Time, back int) {
	ups := 0
	var since []time.Time
	var falls []int
	for _, v := range votes {
		if v.vote.State == VoteUp {
			ups++
		}
		if v.vote.State == VoteUp && v.vote.Rose {
			since = append(since, v.vote.Since)
			falls = append(falls, int(v.vote.Falls))
		}
	}
	if s.f.Ramp == 0 || len(since) <= ups-len(since) {
		return start, end, 100
	}
	sort.Slice(since, func(i, j int) bool { return since[i].Before(since[j]) })
	sort.Ints(falls)
	middle := (len(since) - 1) / 2
	length := s.f.Ramp.Seconds()
	for range falls[middle] - 1 {
		length *= 2
	}
	length = min(length, 10*s.f.Ramp.Seconds())
	ago := s.f.Now.Sub(since[middle]).Seconds()
	if ago < -length || ago >= length {
		return start, end, 100
	}
	ago = max(ago, 0)
	if start = since[middle]; start.After(s.f.Now) {
		start = s.f.Now
	}
	return start, start.Add(time.Duration(length * 1e9)), int(100 * ago / length)
}

// covers says whether a drain of a place is one of the uplink.
func (s *slow) covers(p Place, u int) bool {
	kind, name, _ := strings.Cut(string(p), ":")
	through := s.n.uplinks[u].Upstreams
	switch kind {
	case "colo":
		return name == s.name(u)
	case "upstream":
		return slices.Contains(through, name)
	}
	colo, list, _ := strings.Cut(name, "/")
	same := colo == s.name(u) && len(strings.Split(list, "+")) == len(through)
	for _, word := range strings.Split(list, "+") {
		same = same && slices.Contains(through, word)
	}
	return same
}

func (s *slow) drained(o Override) bool {
	return o.Action == Drain && (o.Until.IsZero() || o.Until.After(s.f.Now))
}

func (s *slow) drainEnded(u int) (last time.Time) {
	for _, o := range s.f.Overrides {
		end := o.Issued
		if o.Action == Drain {
			end = o.Until
		}
		if s.covers(o.Place, u) && !s.drained(o) && end.After(last) {
			last = end
		}
	}
	return last
}
