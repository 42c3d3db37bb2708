package steering

import (
	"fmt"
	"math"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
)

// policyWorld has the colos a (uplinks north, south), b (east) and c (west). The RRset has an address through each uplink, and
// one that lies nowhere.
func policyWorld(t testing.TB, text string) (*Network, *Reach) {
	t.Helper()
	n, err := network(t, "a: north south", "b: east", "c: west").WithChecks(map[string]Check{"web": {Type: CheckHTTP, Port: 80}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePolicy(text, n)
	if err != nil {
		t.Fatal(err)
	}
	_, reach := n.Reach(addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "192.0.2.5"), p)
	return n, reach
}

// The rows are those of the table in docs/steering.md, from which they are read.
func TestPolicies(t *testing.T) {
	page, err := os.ReadFile("../docs/steering.md")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		switch {
		case len(cells) < 3:
		case cells[1] == "all up":
			states = cells[1:]
		case states != nil && strings.HasPrefix(cells[0], "policy="):
			rows++
			n, reach := policyWorld(t, "v=steer1; "+cells[0])
			for i, state := range states {
				client := Client{Region: NewRegion([]ColoIndex{0, 1, 2}), Key: fallsCAB(t), Origin: Origin{Country{'D', 'E'}, 64496}}
				if got := outcome(t, n, reach, client, state); got != cells[1+i] {
					t.Errorf("%s, %s: %s, and the table says %s", cells[0], state, got, cells[1+i])
				}
			}
		}
	}
	if rows < 10 {
		t.Errorf("%d rows were found", rows)
	}
}

// fallsCAB is a client that falls, with equal weights, to c, then a, then b.
func fallsCAB(t testing.TB) (key Key) {
	_, reach := policyWorld(t, "v=steer1; policy=spread")
	for ; !slices.Equal(reach.Order(Client{Key: key}), []ColoIndex{2, 0, 1}); key++ {
	}
	return key
}

// outcome is the colos given, and the row if it is not the first; - is no address, and + the fallback. The state is as in the
// head of the table: "a drained, b, c down".
func outcome(t testing.TB, n *Network, reach *Reach, client Client, state string) (given string) {
	var words []string
	word := map[string]string{"up": "up", "down": "down", "drained": "drained/up", "at risk": "at-risk"}
	now := ""
	parts := strings.Split(strings.ReplaceAll(state, "all ", "a, b, c "), ", ")
	for _, part := range slices.Backward(parts) {
		colo, is, said := strings.Cut(part, " ")
		if said {
			now = word[is]
		}
		for u := range n.uplinks {
			if uplink := n.UplinkName(UplinkIndex(u)); strings.HasPrefix(uplink, colo+"/") {
				words = append(words, uplink+"="+now)
			}
		}
	}
	v := verdicts(t, n, strings.Join(words, " "))
	c := reach.Choose(client, v, false)
	for _, run := range reach.Runs() {
		if name := n.colos[run.Colo].Name; c.Gives(&run, v) && !strings.HasSuffix(given, name) {
			given += name
		}
	}
	switch c.Row {
	case RowHealthy:
		return given
	case RowFallback:
		given = "+"
	case RowClosed:
		given = "-"
	}
	return fmt.Sprintf("%s%d", given, c.Row)
}

func TestParsePolicy(t *testing.T) {
	n := network(t, "ams: north", "iad: east", "nrt: west")
	for _, row := range []struct{ text, err string }{
		{"v=steer1", ""},
		{"v=steer1;", ""},
		{"v=steer1; policy=nearest", ""},
		{" v=steer1 ;policy = failover;  order = ams , iad ; ", ""},
		{"v=steer1; order=ams; policy=failover", ""},
		{"v=steer1; policy=weighted; weight=ams:3,iad:1", ""},
		{"v=steer1; ttl=30", ""},
		{"v=steer1; ttl=30/5; empty=closed", ""},
		{"v=steer1; policy=none", ""},

		{"", `it begins with "", and not with v=steer1`},
		{"v=steer2; policy=nearest", `it begins with "v=steer2", and not with v=steer1`},
		{"v=steer1; polcy=nearest", `no word "polcy": is policy= meant?`},
		{"v=steer1; policy", `policy= without a value`},
		{"v=steer1;; policy=all", `no word between two semicolons`},
		{"v=steer1; policy=all; policy=all", `policy= stands there twice`},
		{"v=steer1; policy=nearst", `policy=nearst: no policy "nearst": is nearest meant?`},
		{"v=steer1; policy=failover", `policy=failover needs order=`},
		{"v=steer1; policy=failover; order=ams,idd", `order=ams,idd: no colo "idd": is iad meant?`},
		{"v=steer1; policy=failover; order=ams,ams", `order=ams,ams: ams stands there twice`},
		{"v=steer1; policy=failover; order=ams,", `order=ams,: colo without a name`},
		{"v=steer1; policy=failover; order=ams; not=iad", `not= has no meaning with policy=failover`},
		{"v=steer1; order=ams", `order= has no meaning with policy=nearest`},
		{"v=steer1; policy=weighted", `policy=weighted needs weight=`},
		{"v=steer1; policy=weighted; weight=ams", `weight=ams: "ams" is no COLO:WEIGHT`},
		{"v=steer1; policy=weighted; weight=ams:0", `weight=ams:0: the weight of ams is a number from 1 to 1000000; a colo that is to have no clients is left out`},
		{"v=steer1; policy=weighted; weight=ams:1,ams:2", `weight=ams:1,ams:2: ams stands there twice`},
		{"v=steer1; policy=spread; weight=ams:1", `weight= has no meaning with policy=spread`},
		{"v=steer1; colos=ams; not=iad", `colos= and not= exclude each other`},
		{"v=steer1; not=ams,iad,nrt", `no colo is left, so that it can never give an answer`},
		{"v=steer1; ttl=0", `ttl=0: it is MAX or MAX/MIN in seconds, such as 30/5`},
		{"v=steer1; ttl=5/30", `ttl=5/30: the second, while the answer may be about to change, is more than the first`},
		{"v=steer1; empty=close", `empty=close: it is open (addresses of colos that are down) or closed (none); is closed meant?`},
		{"v=steer1; check=web", `check=web: no check "web": the configuration names none (checks)`},
		{"v=steer1; policy=none; check=web", `check=web: no check "web": the configuration names none (checks)`},
		{"v=steer1; count=2", ""},
		{"v=steer1; country=DE:ams+iad,US:iad; asn=AS64496:nrt", ""},
		{"v=steer1; country=DE", `country=DE: "DE" is no COUNTRY:COLO, or COUNTRY:COLO+COLO`},
		{"v=steer1; country=UK:ams", `country=UK:ams: no country "UK" (ISO 3166-1 alpha-2): is GB meant?`},
		{"v=steer1; country=DE:ans", `country=DE:ans: no colo "ans": is ams meant?`},
		{"v=steer1; country=DE:ams,DE:iad", `country=DE:ams,DE:iad: DE stands there twice`},
		{"v=steer1; country=DE:ams+ams", `country=DE:ams+ams: ams stands there twice`},
		{"v=steer1; asn=64496:ams", `asn=64496:ams: "64496": is AS64496 meant?`},
		{"v=steer1; policy=all; country=DE:ams", `country= has no meaning with policy=all`},
		{"v=steer1; not=ams; country=DE:ams", ""},
		{"v=steer1; policy=weighted; weight=iad:1; asn=AS64496:ams+nrt", ""},
		{"v=steer1; fallback=origin.example.net", ""},
		{"v=steer1; fallback=Origin.Example.NET.", ""},
		{"v=steer1; count=0", `count=0: it is a number of addresses from 1 to 8`},
		{"v=steer1; count=+2", `count=+2: it is a number of addresses from 1 to 8`},
		{"v=steer1; fallback=192.0.2.1,192.0.2.1", `fallback=192.0.2.1,192.0.2.1: 192.0.2.1 stands there twice`},
		{"v=steer1; fallback=0.0.0.0", `fallback=0.0.0.0: 0.0.0.0 is no address of a host`},
		{"v=steer1; fallback=224.0.0.1", `fallback=224.0.0.1: 224.0.0.1 is no address of a host`},
		{"v=steer1; fallback=255.255.255.255", `fallback=255.255.255.255: 255.255.255.255 is no address of a host`},
		{"v=steer1; count=9", `count=9: it is a number of addresses from 1 to 8`},
		{"v=steer1; policy=all; count=2", `count= has no meaning with policy=all`},
		{"v=steer1; fallback=origin", `fallback=origin: "origin" is no address, and no name with a dot in it`},
		{"v=steer1; fallback=192.0.2.300", `fallback=192.0.2.300: "192.0.2.300" is no address, and no name with a dot in it`},
		{"v=steer1; fallback=192.0.2.1,o.example", `fallback=192.0.2.1,o.example: it is addresses, or one name alone`},
		{"v=steer1; fallback=a..b", `fallback=a..b: "a..b" is no address, and no host name`},
		{"v=steer1; fallback=10.0.0.9", `fallback=10.0.0.9: 10.0.0.9 lies in ams/north: what is given when no colo is left has to lie elsewhere`},
		{"v=steer1; policy=none; ttl=30", `ttl= has no meaning with policy=none`},
	} {
		p, err := ParsePolicy(row.text, n)
		if got := fmt.Sprint(err); err == nil && row.err != "" || err != nil && got != row.err {
			t.Errorf("%q: error %v, want %s", row.text, err, row.err)
		}
		if (p == nil) != (row.err != "") {
			t.Errorf("%q: policy %v", row.text, p)
		}
	}
	for _, none := range []*Network{nil, network(t)} {
		if p, err := ParsePolicy("v=steer1; policy=failover; order=anywhere,elsewhere", none); p != nil || err != nil {
			t.Errorf("without colos: %v, %v", p, err)
		}
		if _, err := ParsePolicy("v=steer1; policy=failover; order=anywhere,anywhere", none); err == nil {
			t.Error("without colos, a colo twice is none the better")
		}
	}
}

// Over 100,000 client prefixes, shares are as the weights say, and a change moves no client that it need not.
func TestWeightedClientsStayPut(t *testing.T) {
	const clients = 100_000
	given := func(text, state string) (colos []byte, shares map[byte]float64) {
		n, reach := policyWorld(t, text)
		shares = map[byte]float64{}
		var words []string
		if state != "" {
			words = []string{state}
		}
		v := verdicts(t, n, strings.Join(words, " "))
		for i := range clients {
			key, _ := KeyOf(netip.AddrFrom4([4]byte{byte(1 + i>>16), byte(i >> 8), byte(i), 0}), 24)
			c := reach.Choose(Client{Region: NewRegion([]ColoIndex{0, 1, 2}), Key: key}, v, false)
			name := n.colos[c.Colo].Name[0]
			colos, shares[name] = append(colos, name), shares[name]+1./clients
		}
		return colos, shares
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 0.006 { // four deviations
			t.Errorf("%s: %.4f, ideal %.4f", what, got, want)
		}
	}
	before, shares := given("v=steer1; policy=weighted; weight=a:3,b:1,c:1", "")
	near("share of a", shares['a'], 3./5)
	near("share of b", shares['b'], 1./5)
	moved := func(after []byte, may func(from, to byte) bool) (share float64) {
		for i := range before {
			if before[i] == after[i] {
				continue
			}
			share += 1. / clients
			if !may(before[i], after[i]) {
				t.Fatalf("client %d moved from %c to %c", i, before[i], after[i])
			}
		}
		return share
	}
	after, shares := given("v=steer1; policy=weighted; weight=a:3,b:1,c:1", "b/east=down")
	near("b falls: moved", moved(after, func(from, _ byte) bool { return from == 'b' }), 1./5)
	near("b falls: share of a", shares['a'], 3./4)
	after, shares = given("v=steer1; policy=weighted; weight=a:3,b:2,c:1", "")
	near("b weighs more: moved", moved(after, func(_, to byte) bool { return to == 'b' }), 2./6-1./5)
	near("b weighs more: share of b", shares['b'], 2./6)
	after, _ = given("v=steer1; policy=weighted; weight=a:1,b:1,c:1", "")
	near("a weighs less: moved", moved(after, func(from, _ byte) bool { return from == 'a' }), 3./5-1./3)
}

// FuzzParsePolicy: no text makes it panic; what is accepted gives some answer, or says that it gives none, in any state.
func FuzzParsePolicy(f *testing.F) {
	for _, text := range []string{"v=steer1", "v=steer1; policy=failover; order=a,b", "v=steer1; policy=weighted; weight=a:3,b:1",
		"v=steer1; policy=all; not=c; ttl=30/5; empty=closed; fallback=203.0.113.1,2001:db8::1", "v=steer1; policy=none", "v=steer1;;=", "v=steer1; count=2; fallback=o.example", "v=steer1; country=DE:b+c; asn=AS5:a"} {
		f.Add(text, uint64(7))
	}
	n := network(f, "a: north south", "b: east", "c: west")
	all := addrs("10.0.0.5", "10.0.1.5", "10.1.0.5", "10.2.0.5", "192.0.2.5")
	f.Fuzz(func(t *testing.T, text string, key uint64) {
		p, err := ParsePolicy(text, n)
		if err != nil {
			return
		}
		order, reach := n.Reach(all, p)
		if reach == nil {
			if p.Kind != PolicyNone {
				t.Fatalf("%q steers nothing", text)
			}
			return
		}
		if len(order) != len(all)+int(reach.Fallback().To-reach.Fallback().From) {
			t.Fatalf("%q orders %v", text, order)
		}
		for _, state := range []string{"all up", "a down", "all down", "a drained, b, c down"} {
			given := outcome(t, n, reach, Client{Region: NewRegion([]ColoIndex{0, 1, 2}), Key: Key(key)}, state)
			if given == "" || given == "-6" && !p.ends() {
				t.Fatalf("%q, %s: given %q", text, state, given)
			}
		}
	})
}
