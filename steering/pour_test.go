package steering

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// pourWorld has the colos a, b and c with these capacities, and the regions abc, bca and cab, each of which is asked for at
// this rate, in answers a second. Each colo gives so many slices away.
func pourWorld(t testing.TB, capacity, rates [3]float64, shed [3]uint8) (*Network, Facts) {
	t.Helper()
	n := network(t, "a: north", "b: east", "c: west")
	f := Facts{Stale: time.Second, Now: testNow, Regions: &Regions{Map: Digest{1}}}
	demand := Demand{Map: Digest{1}}
	for i := range 3 {
		n.colos[i].Capacity = capacity[i]
		order := []ColoIndex{ColoIndex(i), ColoIndex((i + 1) % 3), ColoIndex((i + 2) % 3)}
		f.Regions.List = append(f.Regions.List, NewRegion(order).Numbered(uint32(i)))
		demand.Regions = append(demand.Regions, RegionDemand{uint32(i), uint32(60 * rates[i])})
	}
	for i := range 3 {
		sheet := &Sheet{Observer: fmt.Sprint("n", i), Colo: n.colos[i].Name, Load: Load{Known: shed[i] > 0, Shed: shed[i]}}
		for _, target := range n.targets {
			sheet.Votes = append(sheet.Votes, Vote{Target: target.ID})
		}
		if i == 0 {
			sheet.Demand = demand
		}
		f.Sheets = append(f.Sheets, Heard{Sheet: sheet})
	}
	return n, f
}

// shares is what each region is given, by slices: "abc: a60 b40".
func shares(n *Network, f Facts, v *Verdicts) string {
	_, reach := n.Reach(addrs("10.0.0.5", "10.1.0.5", "10.2.0.5"), nil)
	var lines []string
	for _, region := range f.Regions.List {
		count, name := map[ColoIndex]int{}, ""
		for slice := range Slices {
			count[reach.Choose(Client{Region: region, Key: Key(slice)}, v, false).Colo]++
		}
		line := ""
		for _, c := range region.order {
			name += n.colos[c].Name
			if count[c] > 0 {
				line += fmt.Sprintf(" %s%d", n.colos[c].Name, count[c])
			}
		}
		lines = append(lines, name+":"+line)
	}
	return strings.Join(lines, ", ")
}

// The rows are capacities, rates of the regions abc, bca and cab, slices given away, what is down, and who is given what.
func TestPour(t *testing.T) {
	even := [3]float64{10, 10, 10}
	for _, row := range []struct {
		what     string
		capacity [3]float64
		rates    [3]float64
		shed     [3]uint8
		down     string
		given    string
	}{
		{"all fit", [3]float64{20, 20, 20}, even, [3]uint8{}, "", "abc: a100, bca: b100, cab: c100"},
		{"no capacity is no bound", [3]float64{}, [3]float64{99, 1, 1}, [3]uint8{}, "", "abc: a100, bca: b100, cab: c100"},
		{"a falls, b takes what it can, c the rest", [3]float64{10, 14, 20}, even, [3]uint8{}, "a", "abc: b40 c60, bca: b100, cab: c100"},
		{"who is at home comes first", [3]float64{10, 10, 20}, even, [3]uint8{}, "a", "abc: c100, bca: b100, cab: c100"},
		{"none has room: the nearest that is healthy all the same", [3]float64{10, 10, 10}, even, [3]uint8{}, "a", "abc: b100, bca: b100, cab: c100"},
		{"some has room, not enough", [3]float64{10, 12, 11}, even, [3]uint8{}, "a", "abc: b90 c10, bca: b100, cab: c100"},
		{"too many at home", [3]float64{5, 100, 100}, even, [3]uint8{}, "", "abc: a50 b50, bca: b100, cab: c100"},
		{"two fall", [3]float64{10, 10, 25}, even, [3]uint8{}, "a b", "abc: c100, bca: c100, cab: c100"},
		{"all fall: no colo is passed over", [3]float64{1, 1, 1}, even, [3]uint8{}, "a b c", "abc: a100, bca: b100, cab: c100"},
		{"a gives a quarter away", [3]float64{}, even, [3]uint8{25, 0, 0}, "", "abc: a75 b25, bca: b100, cab: c100"},
		{"a and b give away", [3]float64{}, even, [3]uint8{25, 10, 0}, "", "abc: a75 c25, bca: b90 c10, cab: c100"},
		{"what a gives away b has no room for", [3]float64{0, 10, 0}, even, [3]uint8{25, 0, 0}, "", "abc: a75 c25, bca: b100, cab: c100"},
		{"nobody is known to ask", [3]float64{5, 5, 5}, [3]float64{}, [3]uint8{10, 0, 0}, "", "abc: a90 b10, bca: b100, cab: c100"},
		{"nobody is known to ask in some", [3]float64{5, 5, 5}, [3]float64{0, 1, 1}, [3]uint8{10, 30, 0}, "", "abc: a90 c10, bca: b70 c30, cab: c100"},
		{"a falls, and b gives away", [3]float64{}, even, [3]uint8{0, 50, 0}, "a", "abc: c100, bca: b100, cab: c100"},
	} {
		n, f := pourWorld(t, row.capacity, row.rates, row.shed)
		for _, h := range f.Sheets {
			for i, target := range n.targets {
				if strings.Contains(row.down, n.colos[n.coloOf[target.Uplink]].Name) {
					h.Sheet.Votes[i].State = VoteDown
				}
			}
		}
		v := Judge(n, f)
		if got := shares(n, f, v); got != row.given {
			t.Errorf("%s: given %s, want %s", row.what, got, row.given)
		}
		if w := Judge(n, Facts{Sheets: f.Sheets, Regions: f.Regions, Stale: f.Stale, Now: f.Now, Before: v}); w.poured != v.poured {
			t.Errorf("%s: the same is poured anew", row.what)
		}
	}
}

// A name that has no address where a client is sent goes on to the next colo that it has one in, and at the end to those
// that are full.
func TestPourOfNamesInFewColos(t *testing.T) {
	n, f := pourWorld(t, [3]float64{5, 0, 0}, [3]float64{10, 10, 10}, [3]uint8{})
	v := Judge(n, f)
	half := Client{Region: f.Regions.List[0], Key: 70} // is sent from a to b
	for _, row := range []struct{ addrs, colo, policy string }{
		{"10.0.0.5 10.1.0.5 10.2.0.5", "b", "v=steer1"},
		{"10.0.0.5 10.2.0.5", "c", "v=steer1"},
		{"10.0.0.5 10.1.0.5 10.2.0.5", "a", "v=steer1; policy=failover; order=a,b,c"}, // an order is not given up
		{"10.0.0.5 10.1.0.5 10.2.0.5", "a", "v=steer1; colos=a"},
	} {
		p, err := ParsePolicy(row.policy, n)
		if err != nil {
			t.Fatal(err)
		}
		_, reach := n.Reach(addrs(strings.Fields(row.addrs)...), p)
		if c := reach.Choose(half, v, false); n.colos[c.Colo].Name != row.colo || c.Row != RowHealthy {
			t.Errorf("%s, %s: given %s by row %d", row.addrs, row.policy, n.colos[c.Colo].Name, c.Row)
		}
	}
}

// In random worlds no colo has more than it can bear unless every healthy one is full, what is poured is what is asked for, and
// slices that a small change of demand moves are few.
func TestPourProperties(t *testing.T) {
	rng := newRand(5)
	for range 2000 {
		n, wants, usable := randomPour(rng)
		v := &Verdicts{network: n, home: noHome, Uplinks: make([]Verdict, len(n.uplinks))}
		for u := range v.Uplinks {
			v.Uplinks[u] = Verdict{State: Up, Measured: Up}
			if !usable[n.coloOf[u]] {
				v.Uplinks[u] = Verdict{State: Down, Measured: Down}
			}
		}
		v.grading = v.gradeAll()
		p := v.pourOver(wants, nil)
		total, poured, room := 0., 0., false
		for _, d := range wants.demand {
			total += d
		}
		for c, l := range p.demands {
			poured += l.Demand
			room = room || usable[c] && (l.Capacity == 0 || l.Demand < l.Capacity*0.5)
		}
		if slices.Contains(usable, true) && math.Abs(total-poured) > 1e-6*total {
			t.Fatalf("%g is asked for, and %g poured", total, poured)
		}
		for c, l := range p.demands {
			if l.Capacity > 0 && l.Demand > l.Capacity*(1+1e-9) && room && !exhausted(p, usable, wants) {
				t.Fatalf("colo %d bears %g of %g, and others have room: %+v", c, l.Demand, l.Capacity, p.demands)
			}
			if !usable[c] && l.Demand > 0 {
				t.Fatalf("colo %d is down and bears %g", c, l.Demand)
			}
		}
	}
}

// exhausted says whether less than a slice of some region is left in every healthy colo: then the rest goes to the nearest.
func exhausted(p *pour, usable []bool, wants pouring) bool {
	largest := slices.Max(wants.demand) / Slices
	for c, l := range p.demands {
		if usable[c] && (l.Capacity == 0 || l.Capacity-l.Demand > largest) {
			return false
		}
	}
	return true
}

func randomPour(rng *rand.Rand) (*Network, pouring, []bool) {
	n := randomNetwork(rng)
	wants := pouring{shed: make([]uint8, len(n.colos))}
	usable := make([]bool, len(n.colos))
	for c := range n.colos {
		n.colos[c].Capacity = float64(rng.IntN(4) * rng.IntN(50))
		usable[c] = rng.IntN(4) > 0
	}
	for r := range 1 + rng.IntN(20) {
		var order []ColoIndex
		for _, c := range rng.Perm(len(n.colos)) {
			order = append(order, ColoIndex(c))
		}
		wants.regions = append(wants.regions, NewRegion(order).Numbered(uint32(r)))
		wants.demand = append(wants.demand, float64(rng.IntN(30)))
	}
	return n, wants, usable
}

// Over 100,000 clients of a region, the share that is moved is as the slices say, and a little more demand moves few.
func TestPourMovesFew(t *testing.T) {
	given := func(rate float64) (colos []ColoIndex) {
		n, f := pourWorld(t, [3]float64{10, 0, 0}, [3]float64{rate, 1, 1}, [3]uint8{})
		v := Judge(n, f)
		_, reach := n.Reach(addrs("10.0.0.5", "10.1.0.5", "10.2.0.5"), nil)
		for i := range 100_000 {
			key, _ := KeyOf(netip.AddrFrom4([4]byte{byte(1 + i>>16), byte(i >> 8), byte(i), 0}), 24)
			c := reach.Choose(Client{Region: f.Regions.List[0], Key: key}, v, false)
			if !c.Sliced {
				t.Fatal("clients of a region are told apart, and it is not said")
			}
			colos = append(colos, c.Colo)
		}
		return colos
	}
	before, after := given(20), given(21)
	moved, away := 0, 0
	for i := range before {
		if before[i] != 0 {
			away++
		}
		if before[i] != after[i] {
			moved++
			if before[i] != 0 {
				t.Fatal("a client came back as demand grew")
			}
		}
	}
	if math.Abs(float64(away)/100_000-0.50) > 0.005 || math.Abs(float64(moved)/100_000-0.03) > 0.005 {
		t.Errorf("%d were away, %d moved; ideal 50000, 2381 in whole slices 3000", away, moved)
	}
}

// The rows are what is given away now, the load, and what is given away next; the marks are 70 and 90.
func TestShed(t *testing.T) {
	for _, row := range []struct {
		now  uint8
		load float64
		next uint8
	}{
		{0, 0, 0}, {0, 69, 0}, {0, 80, 0}, {0, 90, 0},
		{0, 90.1, 1}, {0, 100, 10}, {0, 180, 50}, {0, 1e9, 90}, {0, math.Inf(1), 90},
		{50, 100, 55}, {50, 80, 50}, {50, 60, 40}, {3, 60, 2}, {1, 60, 0}, {90, 200, 90}, {200, 60, 72},
	} {
		if got := (Marks{70, 90}).Shed(row.now, row.load); got != row.next {
			t.Errorf("%d given away, load %g: next %d, want %d", row.now, row.load, got, row.next)
		}
	}
}

// Load that follows the clients comes to rest between the marks, and what is given away goes back when demand falls.
func TestShedComesToRest(t *testing.T) {
	marks, shed := Marks{70, 90}, uint8(0)
	for _, phase := range []struct {
		demand  float64 // load of all clients
		atLeast uint8
		atMost  uint8
	}{{150, 40, 53}, {100, 10, 30}, {60, 0, 0}} {
		for range 60 {
			shed = marks.Shed(shed, phase.demand*float64(Slices-shed)/Slices)
		}
		if shed < phase.atLeast || shed > phase.atMost {
			t.Errorf("demand %g: %d given away, want %d to %d", phase.demand, shed, phase.atLeast, phase.atMost)
		}
	}
}

// All nodes agree on every client: whatever order the sheets came in, and whatever was judged before.
func TestPourIsEqualOnEveryNode(t *testing.T) {
	rng := newRand(9)
	for range 300 {
		n, f := pourWorld(t, [3]float64{float64(rng.IntN(30)), float64(rng.IntN(30)), float64(rng.IntN(30))},
			[3]float64{float64(rng.IntN(30)), float64(rng.IntN(30)), float64(rng.IntN(30))}, [3]uint8{uint8(rng.IntN(60)), uint8(rng.IntN(60)), 0})
		for i, h := range f.Sheets { // each of them was asked for something
			h.Sheet.Demand = Demand{Map: Digest{1}, Regions: []RegionDemand{{0, uint32(rng.IntN(900))}, {2, uint32(i)}}}
			for j := range h.Sheet.Votes {
				if rng.IntN(4) == 0 {
					h.Sheet.Votes[j].State = VoteDown
				}
			}
		}
		want := Judge(n, f)
		for range 4 {
			g := f
			g.Sheets = slices.Clone(f.Sheets)
			rng.Shuffle(len(g.Sheets), func(i, j int) { g.Sheets[i], g.Sheets[j] = g.Sheets[j], g.Sheets[i] })
			if got := Judge(n, g); got.Digest() != want.Digest() || shares(n, f, got) != shares(n, f, want) {
				t.Fatalf("%s in one order, and %s in another", shares(n, f, want), shares(n, g, got))
			}
		}
	}
}

// Clients of a colo that comes back slowly are borne by others meanwhile, who have no more room for it than for any: no colo
// bears more than it can while others have room.
func TestPourWhileClientsReturn(t *testing.T) {
	for _, row := range []struct {
		back  uint8
		given string
	}{
		{0, "abc: b50 c50, bca: b100, cab: c100"},
		{30, "abc: a30 b50 c20, bca: b100, cab: c100"},
		{80, "abc: a80 b20, bca: b100, cab: c100"},
	} {
		n, f := pourWorld(t, [3]float64{100, 60, 100}, [3]float64{100, 10, 10}, [3]uint8{})
		v := Judge(n, f)
		v.Uplinks[0].Ramp = Ramp{Start: testNow, End: testNow.Add(time.Minute), Back: row.back}
		digest := v.Digest()
		v.seal(n, v.poured.wants, nil)
		if got := shares(n, f, v); got != row.given {
			t.Errorf("%d slices are back: given %s, want %s", row.back, got, row.given)
		}
		if v.Digest() != digest {
			t.Errorf("%d slices are back: another digest", row.back)
		}
		for c, d := range v.Demands() {
			if d.Demand > d.Capacity {
				t.Errorf("%d slices are back: colo %d bears %g of %g", row.back, c, d.Demand, d.Capacity)
			}
		}
	}
}

// With pre-emption a colo of which all is at risk bears nobody while another is up, here as in the choice.
func TestPourWithPreemption(t *testing.T) {
	n, f := pourWorld(t, [3]float64{100, 60, 100}, [3]float64{100, 10, 10}, [3]uint8{})
	f.Preempt = true
	for _, h := range f.Sheets {
		h.Sheet.Votes[0].State = VoteLossy
	}
	v := Judge(n, f)
	_, reach := n.Reach(addrs("10.0.0.5", "10.1.0.5", "10.2.0.5"), nil)
	count := map[ColoIndex]int{}
	for slice := range Slices {
		count[reach.Choose(Client{Region: f.Regions.List[0], Key: Key(slice)}, v, true).Colo]++
	}
	if count[0] != 0 || count[1] != 50 || count[2] != 50 || v.Demands()[1].Demand > 60 {
		t.Errorf("given %v, demands %+v", count, v.Demands())
	}
}

// What is poured for another network, or another map, is poured anew.
func TestPourOfAnotherNetwork(t *testing.T) {
	n, f := pourWorld(t, [3]float64{100, 60, 100}, [3]float64{}, [3]uint8{})
	v := Judge(n, f)
	n, f = pourWorld(t, [3]float64{5, 5, 5}, [3]float64{}, [3]uint8{})
	f.Before = v
	if d := Judge(n, f).Demands(); d[0].Capacity != 5 || d[1].Capacity != 5 {
		t.Errorf("demands %+v", d)
	}
}
