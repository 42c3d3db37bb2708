package steering

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// rose makes a sheet on the first target of a/north from words "node@colo:state:seconds:falls": state is up, rose, lossy
// or down, seconds is how long ago the vote changed.
func rose(t testing.TB, n *Network, words string) []Heard {
	t.Helper()
	var list []Heard
	for _, word := range strings.Fields(words) {
		part := strings.Split(word, ":")
		var ago, falls int
		if _, err := fmt.Sscan(part[2]+" "+part[3], &ago, &falls); err != nil {
			t.Fatal(word)
		}
		h := sheetOf(t, n, part[0], "a/north="+strings.Replace(part[1], "rose", "up", 1))
		v := &h.Sheet.Votes[0]
		v.Rose, v.Falls, v.Since = part[1] == "rose", uint8(falls), testNow.Add(-time.Duration(ago)*time.Second)
		list = append(list, h)
	}
	return list
}

// Rows follow the charts of rampOf and ramp; the ramp is 60 s.
func TestRamp(t *testing.T) {
	n := network(t, "a: north", "b: east", "c: west", "d: south", "e: mid")
	undrained := drain("colo:a")
	undrained.Action, undrained.Issued = Undrain, testNow.Add(-10*time.Second)
	expired := drain("upstream:north")
	expired.Until = testNow.Add(-10 * time.Second)
	elsewhere := undrained
	elsewhere.Place = "colo:b"
	for _, row := range []struct {
		name, votes string
		ramp        time.Duration
		override    *Override
		want        string // start and end from now in seconds, slices back
	}{
		{"one fall", "n1@b:rose:15:1 n2@c:rose:15:1", time.Minute, nil, "-15 45 25"},
		{"two falls take twice as long", "n1@b:rose:15:2 n2@c:rose:15:2", time.Minute, nil, "-15 105 12"},
		{"four falls", "n1@b:rose:0:4", time.Minute, nil, "0 480 0"},
		{"at most ten times", "n1@b:rose:60:5", time.Minute, nil, "-60 540 10"},
		{"at most ten times, whatever the falls", "n1@b:rose:60:255", time.Minute, nil, "-60 540 10"},
		{"no fall remembered is one", "n1@b:rose:30:0", time.Minute, nil, "-30 30 50"},
		{"the lower median of three", "n1@b:rose:40:1 n2@c:rose:30:2 n3@d:rose:20:9", time.Minute, nil, "-30 90 25"},
		{"the lower median of two", "n1@b:rose:40:1 n2@c:rose:30:2", time.Minute, nil, "-40 20 66"},
		{"votes that did not rise have no part in the median", "n1@b:rose:30:1 n2@c:rose:30:1 n3@d:up:50:7", time.Minute, nil, "-30 30 50"},
		{"no majority rose", "n1@b:rose:30:1 n2@c:up:30:1", time.Minute, nil, "none"},
		{"those that say lossy have no part in the majority", "n1@b:rose:30:1 n2@c:rose:30:1 n3@d:lossy:30:1", time.Minute, nil, "-30 30 50"},
		{"none rose", "n1@b:up:30:1", time.Minute, nil, "none"},
		{"the inside view", "n1@a:rose:30:1", time.Minute, nil, "-30 30 50"},
		{"at its last moment", "n1@b:rose:59:1", time.Minute, nil, "-59 1 98"},
		{"over", "n1@b:rose:60:1", time.Minute, nil, "none"},
		{"off", "n1@b:rose:30:1", 0, nil, "none"},
		{"a start in the future is now", "n1@b:rose:-20:1", time.Minute, nil, "0 60 0"},
		{"too far in the future, a wrong clock", "n1@b:rose:-61:1", time.Minute, nil, "none"},
		{"down", "n1@b:down:30:1 n2@c:down:30:1 n3@e:down:30:1 n4@d:rose:30:1", time.Minute, nil, "none"},
		{"undrained since it rose", "n1@b:rose:30:1", time.Minute, &undrained, "none"},
		{"drained until after it rose", "n1@b:rose:30:1", time.Minute, &expired, "none"},
		{"undrained before it rose", "n1@b:rose:5:1", time.Minute, &undrained, "-5 55 8"},
		{"another place was undrained", "n1@b:rose:30:1", time.Minute, &elsewhere, "-30 30 50"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := Facts{Sheets: rose(t, n, row.votes), Ramp: row.ramp, Stale: time.Second, Now: testNow}
			if row.override != nil {
				f.Overrides = []Override{*row.override}
			}
			v := Judge(n, f).Uplinks[0]
			got := "none"
			if r := v.Ramp; r.Active() {
				got = fmt.Sprintf("%v %v %d", r.Start.Sub(testNow).Seconds(), r.End.Sub(testNow).Seconds(), r.Back)
			}
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if told := strings.Contains(v.Reason, "; clients return until "); told != (got != "none") {
				t.Errorf("reason: %s", v.Reason)
			}
		})
	}
	v := Judge(n, Facts{Sheets: rose(t, n, "n1@b:rose:15:1"), Ramp: time.Minute, Stale: time.Second, Now: testNow}).Uplinks[0]
	if want := "1 of 1 provider groups say up; clients return until 03:04:50: 25 of 100 slices are back"; v.Reason != want {
		t.Errorf("reason %q, want %q", v.Reason, want)
	}
	drained := Judge(n, Facts{Sheets: rose(t, n, "n1@b:rose:15:1"), Ramp: time.Minute, Stale: time.Second, Now: testNow,
		Overrides: []Override{drain("colo:a")}}).Uplinks[0]
	if drained.Ramp.Active() {
		t.Error("nobody returns to what is drained")
	}
}

// Once begun a ramp runs to its end, whatever the votes tell of their beginnings: what is back stays back, and nobody is
// back early.
func TestRampRunsToItsEnd(t *testing.T) {
	n := network(t, "a: north", "b: east", "c: west", "d: south", "e: mid")
	judge := func(votes string, at time.Duration, before *Verdicts) *Verdicts {
		return Judge(n, Facts{Sheets: rose(t, n, votes), Ramp: time.Minute, Stale: time.Second, Now: testNow.Add(at), Before: before})
	}
	begun := judge("n1@b:rose:15:1 n2@c:rose:15:1", 0, nil)
	for _, row := range []struct {
		name, votes string
		at          time.Duration
		want        uint8
		active      bool
	}{
		{"lossy for a while", "n1@b:lossy:1:1 n2@c:lossy:1:1", 15 * time.Second, 50, true},
		{"up after lossy", "n1@b:up:1:1 n2@c:up:1:1", 15 * time.Second, 50, true},
		{"an observer has only just started", "n1@b:rose:15:1 n2@c:up:1:0", 15 * time.Second, 50, true},
		{"a fall less is remembered", "n1@b:rose:15:0 n2@c:rose:15:0", 15 * time.Second, 50, true},
		{"nobody votes", "", 15 * time.Second, 50, true},
		{"over", "n1@b:up:1:1 n2@c:up:1:1", 45 * time.Second, 0, false},
		{"down again", "n1@b:down:1:2 n2@c:down:1:2 n3@d:down:1:2", 15 * time.Second, 0, false},
	} {
		if got := judge(row.votes, row.at, begun).Uplinks[0].Ramp; got.Back != row.want || got.Active() != row.active {
			t.Errorf("%s: %d slices are back, ramp %v", row.name, got.Back, got.Active())
		}
	}
}

// Of several targets, the ramp that ends last.
func TestRampOfSeveralTargets(t *testing.T) {
	n, err := NewNetwork([]Colo{{Name: "a", Uplinks: []Uplink{{Upstreams: []string{"north"}, Probe: addrs("10.0.0.1", "10.0.0.2", "2001:db8::1")}}}}, testCheck)
	if err != nil {
		t.Fatal(err)
	}
	sheet := &Sheet{Observer: "n1", Colo: "b"}
	for i, ago := range []time.Duration{20, 10, 30} {
		sheet.Votes = append(sheet.Votes, Vote{Target: n.targets[i].ID, Rose: true, Falls: 1, Since: testNow.Add(-ago * time.Second)})
	}
	v := Judge(n, Facts{Sheets: []Heard{{Sheet: sheet}}, Ramp: time.Minute, Stale: time.Second, Now: testNow})
	if r := v.Uplinks[0].Ramp; !r.End.Equal(testNow.Add(50 * time.Second)) {
		t.Errorf("the ramp ends at %s", r.End)
	}
}

// ramping puts uplinks of verdicts into a ramp: "a/north=40" has 40 slices back.
func (v *Verdicts) ramp(t testing.TB, ramps string) *Verdicts {
	t.Helper()
	for _, word := range strings.Fields(ramps) {
		name, back, _ := strings.Cut(word, "=")
		r := &v.Uplinks[v.network.uplinkNamed(t, name)].Ramp
		r.End = testNow
		if _, err := fmt.Sscan(back, &r.Back); err != nil {
			t.Fatal(word)
		}
	}
	return v.seal(v.network, pouring{}, nil)
}

// Rows follow the charts of choice and back. The world is TestChoose's: a (north, south), then b, then c.
func TestChooseInRamp(t *testing.T) {
	const both = "a/north=40 a/south=40"
	for _, row := range []struct {
		name          string
		states, ramps string
		slice         Slice
		preempt       bool
		want          string // as in TestChoose, and whether the choice hangs on the slice
	}{
		{"back", "", both, 39, false, "1 a: a/north a/south unsettled sliced"},
		{"not back", "", both, 40, false, "1 b: b/east unsettled sliced"},
		{"none is back at the start", "", "a/north=0 a/south=0", 0, false, "1 b: b/east unsettled sliced"},
		{"back by one of its uplinks: all its addresses", "", "a/north=40 a/south=10", 39, false, "1 a: a/north a/south unsettled sliced"},
		{"one of its uplinks in no ramp: all are back", "", "a/north=40", 99, false, "1 a: a/north a/south unsettled"},
		{"at risk in no ramp beside it", "a/south=at-risk", "a/north=40", 99, false, "1 a: a/north unsettled"},
		{"down beside it", "a/south=down", "a/north=40", 99, false, "1 b: b/east unsettled sliced"},
		{"at risk and in a ramp", "a/north=at-risk a/south=down", "a/north=40", 99, false, "1 b: b/east unsettled sliced"},
		{"nobody else fits: nobody waits", "b/east=down c/west=drained/up", both, 99, false, "1 a: a/north a/south unsettled"},
		{"all in a ramp, back to none: the nearest", "", both + " b/east=40 c/west=50", 60, false, "1 a: a/north a/south unsettled sliced"},
		{"all in a ramp, back to a farther one", "", both + " b/east=40 c/west=50", 45, false, "1 c: c/west unsettled sliced"},
		{"a ramp farther away", "", "b/east=0", 99, false, "1 a: a/north a/south settled"},
		{"passed over for one at risk", "b/east=at-risk c/west=down", both, 99, false, "1 b: b/east unsettled sliced"},
		{"with pre-emption not for one at risk", "b/east=at-risk c/west=at-risk", both, 99, true, "1 a: a/north a/south unsettled"},
		{"with pre-emption for one that is up", "b/east=at-risk", both, 99, true, "1 c: c/west unsettled sliced"},
		{"rows 2 to 4 know no ramp", "a/north=drained/up a/south=down b/east=down c/west=down", both, 99, false, "2 a: a/north unsettled"},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := network(t, "a: north south", "b: east", "c: west")
			_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5"), nil)
			v := verdicts(t, n, row.states).ramp(t, row.ramps)
			c := reach.Choose(Client{Region: NewRegion([]ColoIndex{0, 1, 2}), Key: Key(row.slice)}, v, row.preempt)
			got := render(n, reach, c, v)
			if c.Sliced {
				got += " sliced"
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Of all slices exactly those below Back come back, and with time no slice leaves again.
func TestSlicesComeBack(t *testing.T) {
	n := network(t, "a: north", "b: east")
	_, reach := n.Reach(addrs("10.0.0.5", "10.1.0.5"), nil)
	region := NewRegion([]ColoIndex{0, 1})
	for ago := range 61 {
		f := Facts{Sheets: rose(t, n, fmt.Sprintf("n1@b:rose:%d:1", ago)), Ramp: time.Minute, Stale: time.Second, Now: testNow}
		v := Judge(n, f)
		for slice := range Slices {
			c := reach.Choose(Client{Region: region, Key: Key(slice)}, v, false)
			if back := slice*60 < ago*Slices-ago*Slices%60 || ago == 60; (c.Colo == 0) != back {
				t.Fatalf("after %d s slice %d is given colo %d", ago, slice, c.Colo)
			}
		}
	}
}

func TestKeyOf(t *testing.T) {
	for _, row := range []struct {
		a, b  string // clients of the same slice
		depth int
		bits  int
	}{
		{"192.0.2.1", "192.0.77.9", 8, 16},
		{"192.0.2.1", "192.0.2.9", 24, 24},
		{"::ffff:192.0.2.1", "192.0.2.9", 24, 24},
		{"::ffff:192.0.2.1", "192.0.77.9", 0, 16},
		{"2001:db8:1::1", "2001:db8:2::1", 20, 32},
		{"2001:db8:1::1", "2001:db8:1:2::1", 48, 48},
	} {
		a, bits := KeyOf(netip.MustParseAddr(row.a), row.depth)
		b, _ := KeyOf(netip.MustParseAddr(row.b), row.depth)
		if a != b || bits != row.bits || a.Slice() >= Slices {
			t.Errorf("%s and %s: keys %d, %d by %d bits", row.a, row.b, a, b, bits)
		}
	}
	if slice, bits := KeyOf(netip.Addr{}, 3); slice != 0 || bits != 3 {
		t.Errorf("no address: slice %d by %d bits", slice, bits)
	}
	// The slices are a contract between nodes, also of different versions.
	if got, _ := KeyOf(netip.MustParseAddr("192.0.2.1"), 24); got.Slice() != 26 {
		t.Errorf("192.0.2.0/24 is in slice %d", got.Slice())
	}
	var counts [Slices]int
	for i := range 100 * 256 {
		key, _ := KeyOf(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24)
		counts[key.Slice()]++
	}
	for slice, n := range counts {
		if n < 180 || n > 340 {
			t.Errorf("slice %d has %d of 25600 prefixes", slice, n)
		}
	}
}

func BenchmarkChooseInRamp(b *testing.B) {
	n := demo(b)
	_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "10.3.0.5", "10.3.1.5", "10.5.0.5", "10.5.1.5"), nil)
	region, v := NewRegion([]ColoIndex{5, 4, 3, 2, 1, 0}), Judge(n, Facts{}).ramp(b, "nrt/eastlink=10 nrt/transpac=10")
	b.ReportAllocs()
	for b.Loop() {
		reach.Choose(Client{Region: region, Key: 50}, v, false)
	}
}
