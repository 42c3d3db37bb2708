package steering

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// The rows are a network, a policy, a state, and the records that a client of key 0 is given: each a colo and the uplink's
// position in it. The client is nearest to a, then b, then c. Each uplink has two addresses.
func TestCount(t *testing.T) {
	two := []string{"a: north south", "b: east", "c: north"}
	for _, row := range []struct {
		what    string
		network []string
		policy  string
		state   string
		given   string
	}{
		{"one of the nearest", two, "count=1", "", "a0"},
		{"one through each of the nearest's upstreams", two, "count=2", "", "a0 a1"},
		{"then another colo's", two, "count=3", "", "a0 a1 b0"},
		{"then those that share one", two, "count=4", "", "a0 a0 a1 b0"},
		{"not what is down", two, "count=2", "a/south=down", "a0 b0"},
		{"not what is down in all of a colo", two, "count=2", "a/north=down a/south=down", "b0 c0"},
		{"another upstream's, though it is farther", []string{"a: north", "b: north", "c: east"}, "count=2", "", "a0 c0"},
		{"if it cannot be helped, the same upstream's", []string{"a: north", "b: north"}, "count=2", "", "a0 a0"},
		{"one that shares none, though one that shares stands first", []string{"a: north+south", "b: north", "c: south"}, "count=2", "", "b0 c0"},
		{"failing open", two, "count=2", "a/north=down a/south=down b/east=down c/north=down", "a0 a1"},
		{"drained", two, "count=2", "a/north=drained/up a/south=down b/east=down c/north=down", "a0 a0"},
		{"at risk where nothing is up in the colo", two, "count=2", "a/north=at-risk a/south=down", "a0 b0"},
		{"by an order", two, "policy=failover; order=c,b; count=2", "", "b0 c0"},
		{"all there are", []string{"a: north", "b: north"}, "count=8", "", "a0 a0 b0 b0"},
		{"never what a policy does not use", two, "colos=a; count=8", "", "a0 a0 a1 a1"},
	} {
		n := network(t, row.network...)
		p, err := ParsePolicy("v=steer1; "+row.policy, n)
		if err != nil {
			t.Fatal(err)
		}
		_, reach := n.Reach(twoEach(n), p)
		v := verdicts(t, n, row.state)
		c := reach.Choose(Client{Region: inOrder(n)}, v, false)
		if got := picked(n, reach, &c, v); got != row.given {
			t.Errorf("%s: given %s, want %s", row.what, got, row.given)
		}
	}
}

// twoEach are two addresses in each uplink.
func twoEach(n *Network) (list []netip.Addr) {
	for _, u := range n.uplinks {
		a := u.Prefixes[0].Addr()
		list = append(list, a.Next(), a.Next().Next())
	}
	return list
}

// inOrder is the region nearest to the first colo, then to the second, and so on.
func inOrder(n *Network) *Region {
	var order []ColoIndex
	for c := range n.colos {
		order = append(order, ColoIndex(c))
	}
	return NewRegion(order)
}

func picked(n *Network, reach *Reach, c *Choice, v *Verdicts) string {
	var given []string
	for run := range reach.Given(c, v) {
		colo := n.coloOf[run.Uplink]
		first := slices.Index(n.coloOf, colo)
		given = append(given, fmt.Sprintf("%s%d", n.colos[colo].Name, int(run.Uplink)-first))
	}
	slices.Sort(given)
	return strings.Join(given, " ")
}

// In random worlds, the first round is as an exhaustive search finds it: of the largest sets of runs no two of which share
// an upstream, that which stands first; and there are as many records as are asked for, or as there are.
func TestCountAgainstExhaustiveSearch(t *testing.T) {
	rng := newRand(11)
	shared := 0
	for range 3000 {
		n := randomNetwork(rng)
		count := 1 + rng.IntN(4)
		p, err := ParsePolicy(fmt.Sprintf("v=steer1; count=%d", count), n)
		if err != nil {
			t.Fatal(err)
		}
		_, reach := n.Reach(twoEach(n), p)
		if reach == nil {
			continue
		}
		var states []string
		for u := range n.uplinks {
			states = append(states, n.UplinkName(UplinkIndex(u))+"="+[]string{"up", "up", "down", "at-risk", "drained/up"}[rng.IntN(5)])
		}
		v := verdicts(t, n, strings.Join(states, " "))
		client := Client{Region: inOrder(n), Key: Key(rng.Uint64())}
		c := reach.Choose(client, v, false)
		fit := fitting(reach, v, c.Row)
		records := 2 * len(fit)
		if got := len(c.Picks()); got != min(count, records) {
			t.Fatalf("%v: %d records of %d, count=%d", states, got, records, count)
		}
		given := map[int]bool{}
		for _, at := range c.Picks() {
			run := slices.IndexFunc(reach.runs, func(r Run) bool { return at >= r.From && at < r.To })
			if !slices.Contains(fit, run) {
				t.Fatalf("%v: record %d does not fit row %d", states, at, c.Row)
			}
			given[run] = true
		}
		slices.SortFunc(fit, func(a, b int) int {
			return cmp.Or(cmp.Compare(reach.runs[a].Colo, reach.runs[b].Colo), cmp.Compare(mix(uint64(client.Key)+uint64(a)), mix(uint64(client.Key)+uint64(b))))
		})
		best := apart(n, reach, fit, count)
		for _, run := range best {
			if !given[run] {
				t.Fatalf("%v, count=%d: %v given, and not %v", states, count, given, best)
			}
		}
		if len(best) < count {
			shared++
		}
	}
	if shared < 300 {
		t.Errorf("only %d worlds in which it could not be helped", shared)
	}
}

// fitting are the runs that a row may give: of each colo the best.
func fitting(reach *Reach, v *Verdicts, row Row) (fit []int) {
	for i, run := range reach.runs {
		grade := v.grading.grades[run.Uplink] & chart[row-1].wants
		if row == RowHealthy && grade == gradeAtRisk && slices.ContainsFunc(reach.runs, func(r Run) bool {
			return r.Colo == run.Colo && v.grading.grades[r.Uplink]&gradeUp != 0
		}) {
			continue
		}
		if grade != 0 {
			fit = append(fit, i)
		}
	}
	return fit
}

// apart is, of all sets of so many runs or fewer that share no upstream, the first of the largest.
func apart(n *Network, reach *Reach, runs []int, count int) (best []int) {
	var try func(from int, held []int)
	try = func(from int, held []int) {
		if len(held) > len(best) {
			best = slices.Clone(held)
		}
		for i := from; i < len(runs) && len(held) < count; i++ {
			if !slices.ContainsFunc(held, func(h int) bool {
				return slices.ContainsFunc(n.uplinks[reach.runs[h].Uplink].Upstreams, n.uplinks[reach.runs[runs[i]].Uplink].Has)
			}) {
				try(i+1, append(held, runs[i]))
			}
		}
	}
	try(0, nil)
	return best
}

// Over many clients, the uplinks and the addresses of a colo are picked alike often.
func TestCountSpreads(t *testing.T) {
	n := network(t, "a: north south", "b: east")
	p, _ := ParsePolicy("v=steer1; count=1", n)
	_, reach := n.Reach(twoEach(n), p)
	v := verdicts(t, n, "")
	const clients = 10_000
	times := map[uint16]int{}
	for i := range clients {
		key, _ := KeyOf(netip.AddrFrom4([4]byte{byte(1 + i>>16), byte(i >> 8), byte(i), 0}), 24)
		c := reach.Choose(Client{Region: inOrder(n), Key: key}, v, false)
		times[c.Picks()[0]]++
	}
	for at := range uint16(4) {
		if times[at] < clients/4-clients/50 || times[at] > clients/4+clients/50 {
			t.Errorf("record %d was picked %d times of %d", at, times[at], clients)
		}
	}
	if len(times) != 4 {
		t.Errorf("picked %v", times)
	}
}
