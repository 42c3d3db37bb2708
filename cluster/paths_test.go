package cluster

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/memberlist"

	"leeward/steering"
)

// missed is the age of a heartbeat whose successor was missed.
const missed = 2 * time.Second

// unmissed watches for a time that no node misses a heartbeat of another that is running.
func (w *world) unmissed(what string, d time.Duration, nodes ...*member) {
	w.Helper()
	worst := time.Duration(0)
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, m := range nodes {
			for _, o := range m.Members() {
				if !slices.ContainsFunc(nodes, func(n *member) bool { return n.options.Name == o.Name }) {
					continue
				}
				worst = max(worst, o.HeartbeatAge, o.SheetAge)
				if o.State != Alive || o.HeartbeatAge >= missed || o.SheetAge >= missed {
					w.Fatalf("%s: %s has %s as %s, its heartbeat %v old, its sheet %v", what, m.options.Name, o.Name, o.State, o.HeartbeatAge, o.SheetAge)
				}
			}
		}
	}
	w.Logf("%s: no heartbeat older than %v", what, worst)
}

// die cuts everything that leaves from, or goes to, some addresses.
func (m *memnet) die(dead ...netip.AddrPort) {
	m.set(func(m *memnet) {
		m.cut = func(from, to netip.AddrPort) bool { return slices.Contains(dead, from) || slices.Contains(dead, to) }
	})
}

// Whichever address of a node dies, no heartbeat is missed, on either side.
func TestAnAddressDies(t *testing.T) {
	for name, dead := range map[string][]netip.AddrPort{
		"the first of one":               {at(2)},
		"the second of one":              {alt(2)},
		"one of each, first and second":  {at(1), alt(2)},
		"one of each, both first":        {at(1), at(2)},
		"a second and a first elsewhere": {alt(1), at(2)},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				nodes := []*member{w.startTwice(1), w.startTwice(2, func(o *Options) { o.Join = nil })}
				time.Sleep(time.Second) // they listen
				for i := 3; i <= 5; i++ {
					nodes = append(nodes, w.start(i))
				}
				for _, m := range nodes {
					<-m.Ready()
					m.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
				}
				for _, m := range nodes {
					w.await("everybody is known", 10*time.Second, has(nodes, m.options.Name, 1, 3))
				}
				time.Sleep(2 * time.Second)
				w.net.die(dead...)
				w.unmissed("after", time.Minute, nodes...)
				nodes[1].Publish(votes(2000, 2), steering.Demand{}, steering.Load{}) // over a stream
				w.await("a large sheet is everywhere", 3*time.Second, has(nodes, "n2", 2, 2000))
				for _, m := range nodes {
					if n := m.log.count("level=WARN"); n > 0 || m.Refused() != (Refusals{}) || m.Dropped() != 0 {
						t.Errorf("%s refused %+v, warned %s", m.options.Name, m.Refused(), m.log.text())
					}
				}
				if m := nodes[2].Members()[1]; !slices.Equal(m.Addrs, []netip.AddrPort{at(2), alt(2)}) || m.Addr != at(2) {
					t.Errorf("n2 is shown at %s", m.Addrs)
				}
			})
		})
	}
}

// A node that is cut off at the address at which it was known is found again at its other.
func TestLostMemberIsFoundAtItsOtherAddress(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := []*member{w.start(1, func(o *Options) { o.Join = []string{at(2).String()} }), w.startTwice(2, func(o *Options) { o.Join = nil })}
		w.await("both are members", 5*time.Second, func() bool { return len(nodes[0].Alive()) == 2 })
		nodes[0].options.Join = nil
		w.net.die(at(2), alt(2))
		w.await("it is dead", 15*time.Second, func() bool { return nodes[0].state("n2") == Dead && nodes[1].state("n1") == Dead })
		time.Sleep(2 * time.Minute)
		w.net.die(at(2))
		w.await("it is found", 15*time.Second, func() bool { return nodes[0].state("n2") == Alive && nodes[1].state("n1") == Alive })
	})
}

// A peer that is configured by its second address is a member all the same: it is not joined again and again.
func TestConfiguredByTheOtherAddress(t *testing.T) {
	inWorld(t, func(w *world) {
		w.startTwice(1, func(o *Options) { o.Join = []string{alt(1).String(), at(1).String()} })
		second := w.start(2, func(o *Options) { o.Join = []string{alt(1).String()} })
		w.await("both are members", 5*time.Second, func() bool { return len(second.Alive()) == 2 })
		for _, m := range w.nodes {
			if peers := (&joiner{Node: m.Node, deaf: map[string]bool{}}).targets(w.Context()); len(peers) > 0 {
				t.Errorf("%s would join %v", m.options.Name, peers)
			}
		}
	})
}

// wires is a transport whose paths work or not as told.
type wires struct {
	transport
	at   netip.AddrPort
	slow map[path]bool  // never opens
	fail map[path]error // fails at once
	sent []path
	open []path
}

func (t *wires) bound() netip.AddrPort { return t.at }

func (t *wires) send(_ []byte, p path) error {
	t.sent = append(t.sent, p)
	return t.fail[p]
}

func (t *wires) dial(ctx context.Context, p path) (net.Conn, error) {
	if err := t.fail[p]; err != nil {
		return nil, err
	}
	if t.slow[p] {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	t.open = append(t.open, p)
	near, _ := net.Pipe()
	return near, nil
}

var errNoPath = errors.New("no such path")

// A packet leaves on every path that the host has; streams on the first that opens, tried a quarter of a second apart.
func TestPaths(t *testing.T) {
	a, b, v6 := at(1), alt(1), netip.MustParseAddrPort("[::1]:7946")
	c, d := at(2), alt(2)
	from := func(x, y netip.AddrPort) path { return path{x.Addr(), y} }
	own := []netip.AddrPort{a, b, v6}
	for _, tt := range []struct {
		name    string
		sources []netip.AddrPort
		peer    []netip.AddrPort
		slow    []path
		fail    []path
		sent    []path
		opened  path
		after   time.Duration
	}{
		{"one and one", nil, nil, nil, nil, []path{{to: c}}, path{to: c}, 0},
		{"one and two", nil, []netip.AddrPort{c, d}, nil, nil, []path{{to: c}, {to: d}}, path{to: c}, 0},
		{"one own of a family", own[1:], nil, nil, nil, []path{{to: c}}, path{to: c}, 0},
		{"two and one", own, []netip.AddrPort{c}, nil, nil, []path{from(a, c), from(b, c)}, from(a, c), 0},
		{"two and two", own, []netip.AddrPort{c, d}, nil, nil, []path{from(a, c), from(b, c), from(a, d), from(b, d)}, from(a, c), 0},
		{"a second is tried that has no end in common", own, []netip.AddrPort{c, d}, []path{from(a, c)}, nil,
			[]path{from(a, c), from(b, c), from(a, d), from(b, d)}, from(b, d), stagger},
		{"a path that fails is not waited for", own, []netip.AddrPort{c, d}, nil, []path{from(a, c)},
			[]path{from(a, c), from(b, c), from(a, d), from(b, d)}, from(b, d), 0},
		{"the host has none of its addresses", own, []netip.AddrPort{c}, nil, []path{from(a, c), from(b, c)},
			[]path{from(a, c), from(b, c), {to: c}}, path{to: c}, 0},
		{"not allowed", nil, []netip.AddrPort{c, netip.MustParseAddrPort("192.0.2.1:1")}, nil, nil, []path{{to: c}}, path{to: c}, 0},
		{"not of a family that is listened on", nil, []netip.AddrPort{c, v6}, nil, nil, []path{{to: c}}, path{to: c}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wires := &wires{at: netip.MustParseAddrPort("0.0.0.0:7946"), slow: map[path]bool{}, fail: map[path]error{}}
				for _, p := range tt.slow {
					wires.slow[p] = true
				}
				for _, p := range tt.fail {
					wires.fail[p] = errNoPath
				}
				p := &paths{transport: wires, sources: tt.sources, peer: func(string) []netip.AddrPort { return tt.peer },
					allows: func(a netip.Addr) bool { return a.IsLoopback() }}
				peer := memberlist.Address{Name: "n2", Addr: c.String()}
				if _, err := p.WriteToAddress([]byte("x"), peer); err != nil || !slices.Equal(wires.sent, tt.sent) {
					t.Errorf("sent on %v: %v", wires.sent, err)
				}
				start := time.Now()
				conn, err := p.DialAddressTimeout(peer, time.Second)
				if err != nil {
					t.Fatal(err)
				}
				conn.Close()
				if took := time.Since(start); !slices.Equal(wires.open, []path{tt.opened}) || took != tt.after {
					t.Errorf("opened %v after %v", wires.open, took)
				}
			})
		})
	}
}

// When no path opens, that takes no longer than told, and is an error.
func TestNoPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, d := at(2), alt(2)
		p := &paths{transport: &wires{slow: map[path]bool{{to: c}: true}, fail: map[path]error{{to: d}: errNoPath}},
			peer: func(string) []netip.AddrPort { return []netip.AddrPort{c, d} }, allows: func(netip.Addr) bool { return true }}
		start := time.Now()
		_, err := p.DialTimeout(c.String(), time.Second)
		if took := time.Since(start); !errors.Is(err, errNoPath) || took != time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// Memberlist dials with what is left of its time, and that may be nothing.
func TestNoTimeIsLeftToDial(t *testing.T) {
	for _, peer := range [][]netip.AddrPort{{at(2)}, {at(2), alt(2)}} {
		synctest.Test(t, func(t *testing.T) {
			p := &paths{transport: &wires{at: netip.MustParseAddrPort("0.0.0.0:7946"), slow: map[path]bool{{to: at(2)}: true}},
				sources: []netip.AddrPort{at(1), alt(1)},
				peer:    func(string) []netip.AddrPort { return peer }, allows: func(netip.Addr) bool { return true }}
			for range 20 { // which of what is due comes first is left to chance
				conn, err := p.DialAddressTimeout(memberlist.Address{Name: "n2", Addr: at(2).String()}, -time.Second)
				if err == nil {
					conn.Close()
				}
			}
		})
	}
}
