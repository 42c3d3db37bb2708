package steering

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Rows follow the chart of choice. The world: colo a (north, south), b (east), c (west); the client is nearest to a,
// then b, then c. The RRset has two addresses in a, one through each uplink, and one each in b and c; a state a row does
// not name is up.
func TestChoose(t *testing.T) {
	for _, row := range []struct {
		name    string
		states  string // uplink=state[/measured]
		preempt bool
		want    string // row colo: uplinks given, and whether settled
	}{
		{"1: all up", "", false, "1 a: a/north a/south settled"},
		{"1: unknown is up", "a/north=unknown", false, "1 a: a/north a/south settled"},
		{"1: one uplink down: the colo's other", "a/north=down", false, "1 a: a/south settled"},
		{"1: one at risk: only those up", "a/north=at-risk", false, "1 a: a/south unsettled"},
		{"1: one at risk, one down", "a/north=at-risk a/south=down", false, "1 a: a/north unsettled"},
		{"1: both at risk", "a/north=at-risk a/south=at-risk", false, "1 a: a/north a/south unsettled"},
		{"1: the nearest colo down", "a/north=down a/south=down", false, "1 b: b/east settled"},
		{"1: the nearest colo drained", "a/north=drained/up a/south=drained/up", false, "1 b: b/east settled"},
		{"1: one uplink drained", "a/north=drained/up", false, "1 a: a/south settled"},
		{"1: drained beats nothing down elsewhere", "a/north=drained/up a/south=down b/east=down", false, "1 c: c/west settled"},
		{"1 with pre-emption: up elsewhere before at risk here", "a/north=at-risk a/south=at-risk", true, "1 b: b/east unsettled"},
		{"1 with pre-emption: a colo with one up stays", "a/north=at-risk", true, "1 a: a/south unsettled"},
		{"1 with pre-emption: all at risk", "a/north=at-risk a/south=at-risk b/east=at-risk c/west=at-risk", true, "1 a: a/north a/south unsettled"},
		{"2: all others down, one drained but up", "a/north=down a/south=down b/east=drained/up c/west=down", false, "2 b: b/east unsettled"},
		{"2: the nearest of the drained", "a/north=drained/up a/south=drained/down b/east=drained/up c/west=down", false, "2 a: a/north unsettled"},
		{"3: all down", "a/north=down a/south=down b/east=down c/west=down", false, "3 a: a/north a/south unsettled"},
		{"3: all down, the nearest drained and down", "a/north=drained/down a/south=drained/down b/east=down c/west=down", false, "3 b: b/east unsettled"},
		{"3: only what is not drained of it", "a/north=drained/down a/south=down b/east=down c/west=down", false, "3 a: a/south unsettled"},
		{"4: all drained and down", "a/north=drained/down a/south=drained/down b/east=drained/down c/west=drained/down", false, "4 a: a/north a/south unsettled"},
		{"what is farther away does not unsettle", "c/west=at-risk b/east=at-risk", false, "1 a: a/north a/south settled"},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := network(t, "a: north south", "b: east", "c: west")
			_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "192.0.2.5"), nil)
			v := verdicts(t, n, row.states)
			c := reach.Choose(Client{Region: NewRegion([]ColoIndex{0, 1, 2})}, v, row.preempt)
			if got := render(n, reach, c, v); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if got := reach.RowOf(c.Colo, v); got != c.Row {
				t.Errorf("the chosen colo fits row %d by itself", got)
			}
		})
	}
}

func verdicts(t testing.TB, n *Network, states string) *Verdicts {
	v := &Verdicts{network: n, home: noHome, Uplinks: make([]Verdict, len(n.uplinks))}
	for u := range v.Uplinks {
		v.Uplinks[u] = Verdict{State: Up, Measured: Up}
	}
	for _, word := range strings.Fields(states) {
		uplink, state, _ := strings.Cut(word, "=")
		state, measured, ok := strings.Cut(state, "/")
		if !ok {
			measured = state
		}
		verdict := &v.Uplinks[n.uplinkNamed(t, uplink)]
		if verdict.State.UnmarshalText([]byte(state)) != nil || verdict.Measured.UnmarshalText([]byte(measured)) != nil {
			t.Fatal(word)
		}
	}
	return v.seal(n, pouring{}, nil)
}

func render(n *Network, r *Reach, c Choice, v *Verdicts) string {
	s := fmt.Sprintf("%d %s:", c.Row, n.Colos()[c.Colo].Name)
	for _, run := range r.Runs() {
		if c.Gives(&run, v) {
			s += " " + n.UplinkName(run.Uplink)
		}
	}
	if !c.Settled {
		return s + " unsettled"
	}
	return s + " settled"
}

// Whatever the verdicts, some address is given; and a reference that walks the colos in order, row by row as the chart
// reads, finds the same.
func TestChooseAgainstReference(t *testing.T) {
	n := demo(t)
	_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "10.3.0.5", "10.3.1.5", "10.5.0.5", "10.5.1.5"), nil)
	words := []string{"up", "at-risk", "down", "drained/up", "drained/down", "drained/at-risk", "unknown"}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		states := ""
		for u := range n.uplinks {
			states += n.UplinkName(UplinkIndex(u)) + "=" + words[rng.IntN(len(words))] + " "
		}
		v := verdicts(t, n, states)
		order := make([]ColoIndex, len(n.colos))
		for i, c := range rng.Perm(len(n.colos)) {
			order[i] = ColoIndex(c)
		}
		c := reach.Choose(Client{Region: NewRegion(order)}, v, false)
		row, colo, given := slowChoice(reach, order, v)
		var got []Run
		for _, run := range reach.runs {
			if c.Gives(&run, v) {
				got = append(got, run)
			}
		}
		if c.Row != row || c.Colo != colo || fmt.Sprint(got) != fmt.Sprint(given) || len(got) == 0 {
			t.Fatalf("%s, order %v: got row %d colo %d %v, want row %d colo %d %v", states, order, c.Row, c.Colo, got, row, colo, given)
		}
	}
}

// slowChoice is the chart of choice, read aloud.
func slowChoice(r *Reach, order []ColoIndex, v *Verdicts) (Row, ColoIndex, []Run) {
	in := func(colo ColoIndex, fits func(Verdict) bool) (runs []Run) {
		for _, run := range r.runs {
			if run.Colo == colo && fits(v.Uplinks[run.Uplink]) {
				runs = append(runs, run)
			}
		}
		return runs
	}
	up := func(v Verdict) bool { return v.State == Up || v.State == Unknown }
	atRisk := func(v Verdict) bool { return v.State == AtRisk }
	for _, colo := range order {
		if runs := in(colo, up); runs != nil {
			return RowHealthy, colo, runs
		}
		if runs := in(colo, atRisk); runs != nil {
			return RowHealthy, colo, runs
		}
	}
	for i, fits := range []func(Verdict) bool{
		func(v Verdict) bool { return v.State == Drained && v.Measured != Down },
		func(v Verdict) bool { return v.State != Drained },
		func(Verdict) bool { return true },
	} {
		for _, colo := range order {
			if runs := in(colo, fits); runs != nil {
				return RowDrained + Row(i), colo, runs
			}
		}
	}
	return 0, 0, nil
}

func TestReach(t *testing.T) {
	n := network(t, "a: north south", "b: east")
	for _, row := range []struct {
		addrs string
		want  string // order | runs | outside
	}{
		{"10.0.0.1 10.1.0.1", "[0 1] a/north[0,1) b/east[1,2) outside 0 spans true"},
		{"192.0.2.1 10.1.0.1 10.0.1.1 10.0.0.2 10.0.1.2", "[3 2 4 1 0] a/north[0,1) a/south[1,3) b/east[3,4) outside 1 spans true"},
		{"10.0.0.1 10.0.1.1", "[0 1] a/north[0,1) a/south[1,2) outside 0 spans false"},
		{"10.0.0.1 10.0.0.2 192.0.2.1", "not steered"},
		{"10.0.0.1", "not steered"},
		{"192.0.2.1 192.0.2.2", "not steered"},
	} {
		order, reach := n.Reach(addrs(strings.Fields(row.addrs)...), nil)
		got := "not steered"
		if reach != nil {
			got = fmt.Sprint(order)
			for _, run := range reach.Runs() {
				got += fmt.Sprintf(" %s[%d,%d)", n.UplinkName(run.Uplink), run.From, run.To)
			}
			got += fmt.Sprintf(" outside %d spans %v", reach.Outside(), reach.Spans())
		}
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.addrs, got, row.want)
		}
	}
	if _, reach := (*Network)(nil).Reach(addrs("10.0.0.1", "10.1.0.1"), nil); reach != nil {
		t.Error("without a network nothing is steered")
	}
}

func TestTTL(t *testing.T) {
	for _, row := range []struct {
		ttl     TTL
		record  uint32
		settled bool
		want    uint32
	}{
		{TTL{5, 30}, 300, true, 30},
		{TTL{5, 30}, 20, true, 20},
		{TTL{5, 30}, 300, false, 5},
		{TTL{5, 30}, 3, false, 3},
		{TTL{5, 30}, 0, true, 0},
	} {
		if got := row.ttl.Of(row.record, row.settled); got != row.want {
			t.Errorf("%+v: got %d", row, got)
		}
	}
}

func BenchmarkChoose(b *testing.B) {
	n := demo(b)
	_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "10.3.0.5", "10.3.1.5", "10.5.0.5", "10.5.1.5"), nil)
	region, v := NewRegion([]ColoIndex{5, 4, 3, 2, 1, 0}), Judge(n, Facts{})
	b.ReportAllocs()
	for b.Loop() {
		reach.Choose(Client{Region: region}, v, false)
	}
}
