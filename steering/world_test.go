package steering

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var testCheck = Check{Type: CheckTCP, Port: 443, Interval: time.Second, Timeout: time.Second / 2, Fall: 6, Rise: 5}

// testNow is the time of all judgements in tests.
var testNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// network makes a network from lines "colo: uplink uplink ...", an uplink being its upstreams joined by +. Colo i has
// the location 0, i and uplink j the prefix 10.i.j.0/24 with the probe address 10.i.j.1.
func network(t testing.TB, lines ...string) *Network {
	t.Helper()
	var colos []Colo
	for i, line := range lines {
		name, uplinks, _ := strings.Cut(line, ":")
		c := Colo{Name: name, Location: Location{Lon: float64(i % 180)}}
		for j, u := range strings.Fields(uplinks) {
			prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{10 + byte(i>>8), byte(i), byte(j), 0}), 24)
			c.Uplinks = append(c.Uplinks, Uplink{Upstreams: strings.Split(u, "+"), Prefixes: []netip.Prefix{prefix},
				Probe: []netip.Addr{prefix.Addr().Next()}})
		}
		colos = append(colos, c)
	}
	n, err := NewNetwork(colos, testCheck)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// demo is the network of the demo.
func demo(t testing.TB) *Network {
	return network(t, "ams: northway eastlink", "lhr: northway", "iad: northway", "sjc: transpac eastlink",
		"sin: transpac", "nrt: eastlink transpac")
}

func (n *Network) uplinkNamed(t testing.TB, name string) UplinkIndex {
	t.Helper()
	for u := range n.uplinks {
		if n.UplinkName(UplinkIndex(u)) == name {
			return UplinkIndex(u)
		}
	}
	t.Fatalf("no uplink is called %s", name)
	return 0
}

// sheets makes one sheet a node from words "node@colo=state", all about the first target of one uplink. States: up,
// down, lossy, turning (up), rising (down and turning); a trailing ~ makes the sheet stale.
func sheets(t testing.TB, n *Network, uplink string, words ...string) []Heard {
	t.Helper()
	target := n.targetsOf(n.uplinkNamed(t, uplink))[0]
	var heard []Heard
	for _, word := range words {
		who, state, _ := strings.Cut(word, "=")
		node, colo, _ := strings.Cut(who, "@")
		vote := Vote{Target: target.ID}
		age := 400 * time.Millisecond
		if s, ok := strings.CutSuffix(state, "~"); ok {
			state, age = s, 3*time.Second
		}
		switch state {
		case "up":
		case "down":
			vote.State, vote.Detail = VoteDown, "timeout"
		case "lossy":
			vote.State, vote.Detail = VoteLossy, "timeout"
		case "turning":
			vote.Turning = true
		case "rising":
			vote.State, vote.Turning = VoteDown, true
		default:
			t.Fatalf("no state is called %q", state)
		}
		heard = append(heard, Heard{Sheet: &Sheet{Observer: node, Colo: colo, Votes: []Vote{vote}}, Age: age})
	}
	return heard
}

// allSay makes one node a colo that votes on every target: down on the uplinks given, up on all others.
func allSay(n *Network, down ...string) []Heard {
	var heard []Heard
	for _, c := range n.colos {
		sheet := &Sheet{Observer: "ns-" + c.Name, Colo: c.Name}
		for _, target := range n.targets {
			vote := Vote{Target: target.ID}
			if slices.Contains(down, n.UplinkName(target.Uplink)) {
				vote.State, vote.Detail = VoteDown, "timeout"
			}
			sheet.Votes = append(sheet.Votes, vote)
		}
		heard = append(heard, Heard{Sheet: sheet})
	}
	return heard
}

func judge(n *Network, heard []Heard, overrides ...Override) *Verdicts {
	return Judge(n, Facts{Sheets: heard, Overrides: overrides, Stale: 2500 * time.Millisecond, Now: testNow})
}

func drain(place string) Override {
	return Override{Place: Place(place), Action: Drain, By: "op@ns1", Reason: "works", Version: 1, Issuer: "ns1"}
}

func addrs(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// newRand is a source of the same numbers at every run.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }
