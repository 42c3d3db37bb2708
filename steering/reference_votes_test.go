package steering

import (
	"slices"
	"sort"
	"strings"
	"time"
)

type slowVote struct {
	colo string
	vote Vote
}

// votesOn are the votes that decide over a target: fresh; without the down votes of the blind where one who sees votes;
// from outside the colo, else from inside.
func (s *slow) votesOn(t Target) (votes []slowVote, outside bool) {
	someoneSees := false
	var all []Heard
	for _, h := range s.f.Sheets {
		for _, v := range h.Sheet.Votes {
			if v.Target == t.ID && s.fresh(h) {
				all = append(all, Heard{Sheet: &Sheet{Colo: h.Sheet.Colo, Observer: h.Sheet.Observer, Votes: []Vote{v}}, Age: time.Duration(0)})
				if !s.isBlind(h.Sheet) {
					someoneSees = true
				} else {
					all[len(all)-1].Age = 1 // blind
				}
			}
		}
	}
	var in, out []slowVote
	for _, h := range all {
		if h.Age == 1 && someoneSees && h.Sheet.Votes[0].State == VoteDown {
			continue
		}
		v := slowVote{h.Sheet.Colo, h.Sheet.Votes[0]}
		if v.colo == s.name(int(t.Uplink)) {
			in = append(in, v)
		} else {
			out = append(out, v)
		}
	}
	if len(out) > 0 {
		return out, true
	}
	return in, false
}

// says counts voices: of nodes in a colo, of colos in a group, of groups; each by majority, a tie says up. What stood
// before needs no more.
func (s *slow) says(t Target, votes []slowVote, outside, stood bool, bad func(VoteState) bool) bool {
	if !outside {
		count := 0
		for _, v := range votes {
			if bad(v.vote.State) {
				count++
			}
		}
		return count > len(votes)-count
	}
	byColo := map[string][2]int{}
	for _, v := range votes {
		colo := v.colo
		if !slices.ContainsFunc(s.n.colos, func(c Colo) bool { return c.Name == colo }) {
			colo = ""
		}
		count := byColo[colo]
		count[0]++
		if bad(v.vote.State) {
			count[1]++
		}
		byColo[colo] = count
	}
	byGroup := map[string][2]int{}
	for colo, nodes := range byColo {
		through := map[string]bool{}
		for _, c := range s.n.colos {
			for _, u := range c.Uplinks {
				for _, name := range u.Upstreams {
					if c.Name == colo {
						through[name] = true
					}
				}
			}
		}
		var names []string
		for name := range through {
			names = append(names, name)
		}
		sort.Strings(names)
		key := " " + strings.Join(names, " ") + " "
		count := byGroup[key]
		count[0]++
		if 2*nodes[1] > nodes[0] {
			count[1]++
		}
		byGroup[key] = count
	}
	carried := func(without string) bool {
		of, down := 0, 0
		for key, colos := range byGroup {
			if without != "" && strings.Contains(key, " "+without+" ") {
				continue
			}
			of++
			if 2*colos[1] > colos[0] {
				down++
			}
		}
		return without != "" && of == 0 || 2*down > of
	}
	if !carried("") {
		return false
	}
	if stood {
		return true
	}
	for _, name := range []string{"north", "east", "south", "west"} {
		if !slices.Contains(s.n.uplinks[t.Uplink].Upstreams, name) && !carried(name) {
			return false
		}
	}
	return true
}
