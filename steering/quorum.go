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
}

// find judges one target; ok is false when no fresh vote was heard.
//
//	fresh votes from outside the target's colo     finding
//	any, and the quorum is for down                down
//	any, and the quorum is for down or lossy       at risk
//	any                                            up
//	none: the same by the inside view, where every node of the colo is one voice
func (n *Network) find(t Target, votes []Counted) (found finding, ok bool) {
	own := n.colos[n.coloOf[t.Uplink]].Name
	var outside, inside []Counted
	for _, v := range votes {
		switch {
		case !v.Fresh:
		case v.Colo == own:
			inside = append(inside, v)
		default:
			outside = append(outside, v)
		}
	}
	used, count := outside, n.quorum
	if len(outside) == 0 {
		used, count = inside, insideView
	}
	if len(used) == 0 {
		return finding{}, false
	}
	found = finding{target: t, state: Up}
	found.turning = slices.ContainsFunc(used, func(v Counted) bool { return v.Vote.Turning })
	down, lossy := count(t, used, VoteDown), count(t, used, VoteLossy)
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
	return found, true
}

// result is the outcome of a count of votes.
type result struct {
	any     bool // anyone says bad
	carried bool // so many that it holds
	words   string
}

// group is the colos with the same set of upstreams, which can be wrong together.
type group struct {
	upstreams []string
	bad, of   int // colos that say bad, of all that have a voice
}

func (g *group) saysBad() bool { return 2*g.bad > g.of }

// quorum counts by provider: one voice a colo (the majority of its nodes; a tie says up), then one a group of colos with
// the same upstreams (majority; a tie says up). A vote is bad when it is least or worse.
//
//	more than half of the groups say bad, and
//	so they do when the groups with an upstream that is not the target's are left out,
//	for each such upstream that leaves any group                                          carried
//	otherwise                                                                             not carried
//
// The second condition keeps the failure of one other provider from convicting what can be reached without it.
func (n *Network) quorum(t Target, votes []Counted, least VoteState) result {
	groups := n.groups(votes, least)
	bad, of := tally(groups, "")
	said := fmt.Sprintf("%d of %d provider groups say %s%s", bad, of, least, detail(votes, least))
	if bad == 0 {
		return result{words: fmt.Sprintf("%d of %d provider groups say up", of, of)}
	}
	if 2*bad <= of {
		return result{any: true, words: said + ", no majority"}
	}
	for _, upstream := range n.upstreams {
		if n.uplinks[t.Uplink].Has(upstream) {
			continue
		}
		if bad, of := tally(groups, upstream); of > 0 && 2*bad <= of {
			return result{any: true, words: said + ", but " + upstream + " alone would explain it"}
		}
	}
	return result{any: true, carried: true, words: said}
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
		key := strings.Join(colo.upstreams, "+")
		i, ok := bySet[key]
		if !ok {
			i = len(groups)
			bySet[key] = i
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
	var set []string
	for u := range n.uplinks {
		if n.colos[n.coloOf[u]].Name == colo {
			set = append(set, n.uplinks[u].Upstreams...)
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// insideView counts the nodes of the target's own colo: the majority carries, a tie says up.
func insideView(_ Target, votes []Counted, least VoteState) result {
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
