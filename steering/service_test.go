package steering

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// serviceWorld has the colos a (north), b (east) and c (west), and an RRset with two addresses in a, one in b and one in c,
// which the check web probes.
func serviceWorld(t testing.TB) (*Network, *Reach) {
	t.Helper()
	n, err := network(t, "a: north", "b: east", "c: west").WithChecks(map[string]Check{"web": {Type: CheckHTTP, Port: 80}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePolicy("v=steer1; check=web", n)
	if err != nil {
		t.Fatal(err)
	}
	_, reach := n.Reach(addrs("10.0.0.5", "10.0.0.6", "10.1.0.5", "10.2.0.5"), p)
	return n, reach
}

// servicesSay are the facts when all colos vote down of what is in the list, uplinks or addresses of services, lossy of what
// has a ~ behind it, and up of all others.
func servicesSay(n *Network, reach *Reach, words string) Facts {
	is := map[string]VoteState{}
	for word := range strings.FieldsSeq(words) {
		name, lossy := strings.CutSuffix(word, "~")
		is[name] = VoteDown
		if lossy {
			is[name] = VoteLossy
		}
	}
	f := Facts{Stale: time.Second, Now: testNow}
	f.Services, _ = Services(slices.Clone(reach.Services()))
	for _, c := range n.colos {
		sheet := &Sheet{Observer: "n-" + c.Name, Colo: c.Name}
		for _, target := range n.all(f.Services) {
			name := n.UplinkName(target.Uplink)
			if target.Check != "" {
				name = target.Addr.String()
			}
			sheet.Votes = append(sheet.Votes, Vote{Target: target.ID, State: is[name]})
		}
		f.Sheets = append(f.Sheets, Heard{Sheet: sheet})
	}
	return f
}

// The rows are what is down, and the records that a client nearest to a, then b, then c is given, with the row of the chart.
func TestServices(t *testing.T) {
	n, reach := serviceWorld(t)
	for _, row := range []struct{ down, given string }{
		{"", "0 1 row 1"},
		{"10.0.0.5", "1 row 1"},           // one of two servers
		{"10.0.0.5 10.0.0.6", "2 row 1"},  // all of a colo, whose uplink is up
		{"10.0.0.5~", "1 row 1"},          // at risk: only where no other is up in the colo
		{"10.0.0.5~ 10.0.0.6", "0 row 1"}, //
		{"a/north", "2 row 1"},            // the uplink counts as before
		{"10.0.0.5 10.0.0.6 b/east", "3 row 1"},
		{"10.0.0.5 10.0.0.6 10.1.0.5 10.2.0.5", "0 1 row 3"},
	} {
		v := Judge(n, servicesSay(n, reach, row.down))
		c := reach.Choose(Client{Region: inOrder(n)}, v, false)
		var given []string
		for run := range reach.Given(&c, v) {
			for at := run.From; at < run.To; at++ {
				given = append(given, fmt.Sprint(at))
			}
		}
		slices.Sort(given)
		if got := fmt.Sprintf("%s row %d", strings.Join(given, " "), c.Row); got != row.given {
			t.Errorf("%s: given %s, want %s", row.down, got, row.given)
		}
		for u := range v.Uplinks {
			if name := n.UplinkName(UplinkIndex(u)); (v.Uplinks[u].State == Down) != strings.Contains(row.down, name) {
				t.Errorf("%s: %s is %s", row.down, name, v.Uplinks[u].State)
			}
		}
	}
}

// The rows are the verdicts on an uplink and on a service in it, and what they are together.
func TestWorse(t *testing.T) {
	grade := func(text string) grades {
		state, measured, ok := strings.Cut(text, "/")
		if !ok {
			measured = state
		}
		var v Verdict
		if v.State.UnmarshalText([]byte(state)) != nil || v.Measured.UnmarshalText([]byte(measured)) != nil {
			t.Fatal(text)
		}
		return v.grade() &^ (unsettled | ramping)
	}
	for _, row := range []struct{ uplink, service, want string }{
		{"up", "unknown", "up"},
		{"up", "up", "up"},
		{"up", "at-risk", "at-risk"},
		{"up", "down", "down"},
		{"unknown", "down", "down"},
		{"at-risk", "up", "at-risk"},
		{"at-risk", "at-risk", "at-risk"},
		{"at-risk", "down", "down"},
		{"down", "up", "down"},
		{"down", "at-risk", "down"},
		{"down", "down", "down"},
		{"drained/up", "up", "drained/up"},
		{"drained/up", "at-risk", "drained/up"},
		{"drained/up", "down", "drained/down"},
		{"drained/down", "up", "drained/down"},
		{"drained/down", "down", "drained/down"},
	} {
		if got := worse(grade(row.uplink), grade(row.service)); got != grade(row.want) {
			t.Errorf("%s, service %s: grade %b, want %b", row.uplink, row.service, got, grade(row.want))
		}
	}
}

// A service that falls is told of, kept, and known at the next start; the digest of the verdicts, which all nodes have to have
// alike, is not touched.
func TestServicesAreRemembered(t *testing.T) {
	n, reach := serviceWorld(t)
	up := Judge(n, servicesSay(n, reach, ""))
	down := Judge(n, servicesSay(n, reach, "10.1.0.5"))
	changes := down.Changes(up)
	if len(changes) != 1 || changes[0].On != "web of 10.1.0.5 in b/east" || changes[0].To != "down" || !changes[0].Worse {
		t.Errorf("changes %+v", changes)
	}
	if up.Digest() != down.Digest() {
		t.Error("another digest")
	}
	other, again := serviceWorld(t)
	services, _ := Services(slices.Clone(again.Services()))
	recalled := Recall(other, services, down.Remember())
	fallen := again.Services()[2]
	if v := recalled.service(fallen.ID); v == nil || v.State != Down || !v.Stale || !recalled.IsDown(other, fallen.ID) {
		t.Errorf("recalled %+v", v)
	}
	facts := servicesSay(other, again, "")
	facts.Sheets, facts.Before = nil, recalled
	if c := again.Choose(Client{Region: NewRegion([]ColoIndex{1, 2, 0})}, Judge(other, facts), false); c.Colo != 2 {
		t.Errorf("the colo given after a start is %d", c.Colo)
	}
}

// A service is observed as an uplink is, by nodes of several colos, each node of its own among them.
func TestServicesAreAssigned(t *testing.T) {
	n, reach := serviceWorld(t)
	alive := members("n1@a", "n2@b", "n3@c")
	services, over := Services(slices.Clone(reach.Services()))
	if len(services) != 4 || over != 0 {
		t.Fatalf("%d services, %d over", len(services), over)
	}
	times := map[TargetID]int{}
	for _, m := range alive {
		for _, target := range n.Assign(m, alive, services) {
			times[target.ID]++
		}
	}
	for _, s := range services {
		if times[s.ID] != 3 {
			t.Errorf("%s is observed by %d", n.Service(s), times[s.ID])
		}
	}
	sheet := &Sheet{Observer: "n", Colo: "b", Votes: []Vote{{Target: services[0].ID, State: VoteDown}}}
	if v := judge(n, []Heard{{Sheet: sheet}}); v.Strangers != 0 || len(v.Services) != 0 {
		t.Errorf("a vote on a service that is not known here: %d strangers, %d services", v.Strangers, len(v.Services))
	}
	var many []Service
	for i := range MaxServices + 7 {
		many = append(many, Service{Target: Target{ID: TargetID(2*i + 1)}})
	}
	if list, over := Services(append(many, many[:100]...)); len(list) != MaxServices || over != 7 {
		t.Errorf("of too many, %d are taken and %d are over", len(list), over)
	}
}
