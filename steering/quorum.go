package steering

import (
	"fmt"
	"slices"
	"strings"
)

// finding is what the votes say of one target.
type finding struct {
	target  Target
	state   State // Up, AtRisk or Down
	reason  string
	turning bool
	used    []Counted // the votes that were counted
	groups  []group   // by which they were counted; none by the inside view
	stood   bool      // down only because it was convicted before
}

// find judges one target; ok is false when no fresh vote was heard.
//
//	fresh votes from outside the target's colo     finding
//	any, and the quorum is for down                down
//	any, and the quorum is for down or lossy       at risk
//	any                                            up
//	none: the same by the inside view, where every node of the colo is one voice
//
// Down votes of blind observers are left out before this, where they can be. convicted says that the target is down by the
// last verdict.
func (n *Network) find(t Target, votes []Counted, convicted bool) (found finding, ok bool) {
	used, leftOut, outside := n.usable(t, votes)
	if len(used) == 0 {
		return finding{}, false
	}
	count := func(least VoteState) result { return insideView(used, least) }
	if outside {
		count = func(least VoteState) result { return n.quorum(t, used, least, convicted && least == VoteDown) }
	}
	found = finding{target: t, state: Up, used: used}
	found.turning = slices.ContainsFunc(used, func(v Counted) bool { return v.Vote.Turning })
	down, lossy := count(VoteDown), count(VoteLossy)
	found.groups, found.stood = down.groups, down.stood
	switch {
	case down.carried:
		found.state, found.reason = Down, down.words
		if found.turning {
			found.reason += "; some see it succeed again"
		}
	case lossy.carried:
		found.state, found.reason = AtRisk, lossy.words
	case down.any:
		found.reason = down.words
	default:
		found.reason = lossy.words
	}
	if leftOut > 0 {
		found.reason += fmt.Sprintf("; %s left out", counted(leftOut, "blind observer"))
	}
	return found, true
}

// usable are the votes that decide over a target: the fresh ones from outside, else the fresh ones from inside.
//
//	a fresh vote is                                                    it
//	a blind observer's, down, and some seeing observer has a vote      is left out
//	any other                                                          counts
func (n *Network) usable(t Target, votes []Counted) (used []Counted, leftOut int, outside bool) {
	seen := slices.ContainsFunc(votes, func(v Counted) bool { return v.Fresh && !v.Blind })
	own := n.colos[n.coloOf[t.Uplink]].Name
	var from [2][]Counted // inside, outside
	var blind [2]int
	for _, v := range votes {
		side := 1
		if v.Colo == own {
			side = 0
		}
		switch {
		case !v.Fresh:
		case seen && v.Blind && v.Vote.State == VoteDown:
			blind[side]++
		default:
			from[side] = append(from[side], v)
		}
	}
	if len(from[1]) > 0 {
		return from[1], blind[1], true
	}
	return from[0], blind[0] + blind[1], false
}

// counted is a number of things in words: "1 thing", "2 things".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// result is the outcome of a count of votes.
type result struct {
	any     bool // anyone says bad
	carried bool // so many that it holds
	words   string
	groups  []group // that were counted
	stood   bool    // carried only because it stood before
}

// group is the colos with the same set of upstreams, which can be wrong together.
type group struct {
	upstreams []string
	bad, of   int // colos that say bad, of all that have a voice
}

func (g *group) saysBad() bool { return 2*g.bad > g.of }

func (g *group) name() string { return strings.Join(g.upstreams, "+") }

// quorum counts by provider: one voice a colo (the majority of its nodes; a tie says up), then one a group of colos with
// the same upstreams (majority; a tie says up). A vote is bad when it is least or worse.
//
//	more than half of the groups say bad, and it stood before                             carried
//	more than half of the groups say bad, and
//	so they do when the groups with an upstream that is not the target's are left out,
//	for each such upstream that leaves any group                                          carried
//	otherwise                                                                             not carried
//
// The second condition keeps the failure of one other provider from convicting what can be reached without it. What is
// convicted already stays so until the majority takes it back: else a colo that was cut off, and is heard again, would
// acquit what the others have not seen rise.
func (n *Network) quorum(t Target, votes []Counted, least VoteState, stood bool) result {
	r := result{groups: n.groups(votes, least)}
	bad, of := tally(r.groups, "")
	r.words = fmt.Sprintf("%d of %d provider groups say up", of, of)
	if r.any = bad > 0; !r.any {
		return r
	}
	r.words = fmt.Sprintf("%d of %d provider groups say %s%s", bad, of, least, detail(votes, least))
	if 2*bad <= of {
		r.words += ", no majority"
		return r
	}
	for _, upstream := range n.upstreams {
		if n.uplinks[t.Uplink].Has(upstream) {
			continue
		}
		if bad, of := tally(r.groups, upstream); of > 0 && 2*bad <= of {
			if r.stood = stood; stood {
				break
			}
			r.words += ", but " + upstream + " alone would explain it"
			return r
		}
	}
	r.carried = true
	return r
}

// tally counts the groups that say bad, leaving out those that have an upstream.
func tally(groups []group, without string) (bad, of int) {
	for i := range groups {
		if without != "" && slices.Contains(groups[i].upstreams, without) {
			continue
		}
		of++
		if groups[i].saysBad() {
			bad++
		}
	}
	return bad, of
}

// groups gives every colo with a vote its voice, and gathers the colos by their upstreams. Nodes outside every colo of
// the network stand in one colo of no upstream.
func (n *Network) groups(votes []Counted, least VoteState) []group {
	nodes := map[string]*group{} // by colo; its nodes are counted like a group's colos
	for _, v := range votes {
		colo := v.Colo
		if _, ok := n.Colo(colo); !ok {
			colo = ""
		}
		g := nodes[colo]
		if g == nil {
			g = &group{upstreams: n.coloUpstreams(colo)}
			nodes[colo] = g
		}
		g.of++
		if v.Vote.State >= least {
			g.bad++
		}
	}
	bySet := map[string]int{}
	var groups []group
	for _, colo := range nodes {
		i, ok := bySet[colo.name()]
		if !ok {
			i = len(groups)
			bySet[colo.name()] = i
			groups = append(groups, group{upstreams: colo.upstreams})
		}
		groups[i].of++
		if colo.saysBad() {
			groups[i].bad++
		}
	}
	return groups
}

// coloUpstreams is the sorted set of a colo's upstreams; none for a colo that the network does not have.
func (n *Network) coloUpstreams(colo string) []string {
	if c, ok := n.byName[colo]; ok {
		return n.upstreamsOf[c]
	}
	return nil
}

// insideView counts the nodes of the target's own colo: the majority carries, a tie says up.
func insideView(votes []Counted, least VoteState) result {
	bad := 0
	for _, v := range votes {
		if v.Vote.State >= least {
			bad++
		}
	}
	if bad == 0 {
		return result{words: fmt.Sprintf("no outside vote; %d of %d inside nodes say up", len(votes), len(votes))}
	}
	return result{any: true, carried: 2*bad > len(votes), words: fmt.Sprintf("no outside vote; %d of %d inside nodes say %s%s",
		bad, len(votes), least, detail(votes, least))}
}

// detail is what most of the bad votes give as their cause, ": timeout".
func detail(votes []Counted, least VoteState) string {
	count, best := map[string]int{}, ""
	for _, v := range votes {
		if v.Vote.State < least || v.Vote.Detail == "" {
			continue
		}
		d := v.Vote.Detail
		count[d]++
		if best == "" || count[d] > count[best] || count[d] == count[best] && d < best {
			best = d
		}
	}
	if best == "" {
		return ""
	}
	return ": " + best
}
