package cluster

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// world is a cluster in a synctest bubble: memberlist runs there, over the network in memory, and its time is free.
type world struct {
	*testing.T
	net   memnet
	nodes []*member
}

// member is a running node.
type member struct {
	*Node
	w    *world
	at   netip.AddrPort
	stop context.CancelFunc
	done chan struct{}
	err  error // of Run, once done
	log  *logged
}

// logged is what a node logs at warning and above.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.buf.Bytes(), []byte(s))
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func at(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, byte(i >> 8), byte(i), 53}), 7946)
}

var testKey = bytes.Repeat([]byte{7}, keySize)

// Alive gives the living members by name, this node among them.
func (n *Node) Alive() (living []steering.Member) {
	for _, m := range n.Members() {
		if m.State == Alive || m.State == Suspect {
			living = append(living, steering.Member{Name: m.Name, Colo: m.Colo})
		}
	}
	return living
}

// inWorld runs a test in a bubble and ends what it started.
func inWorld(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t}
		defer func() { // also after Fatal
			for _, m := range w.nodes {
				m.stop()
				<-m.done
			}
			time.Sleep(30 * time.Second) // memberlist does not wait for its probes and timers
		}()
		test(w)
	})
}

// start starts a node at the i-th address, which joins the first and second; change may change its options.
func (w *world) start(i int, change ...func(*Options)) *member {
	w.Helper()
	log := &logged{}
	o := Options{
		Name: fmt.Sprintf("n%d", i), Colo: fmt.Sprintf("c%d", i), Listen: at(i), Join: []string{at(1).String(), at(2).String()},
		Keys: [][]byte{testKey}, Version: "test", open: w.net.open,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for _, c := range change {
		c(&o)
	}
	n, err := New(o)
	if err != nil {
		w.Fatal(err)
	}
	ctx, stop := context.WithCancel(w.Context())
	m := &member{Node: n, w: w, at: o.Listen, stop: stop, done: make(chan struct{}), log: log}
	go func() {
		defer close(m.done)
		m.err = n.Run(ctx)
	}()
	w.nodes = append(w.nodes, m)
	return m
}

// alt gives the second address of the i-th node.
func alt(i int) netip.AddrPort { return netip.MustParseAddrPort(fmt.Sprintf("127.1.%d.53:7946", i)) }

// startTwice starts a node that is reached at two addresses.
func (w *world) startTwice(i int, change ...func(*Options)) *member {
	w.Helper()
	m := w.start(i, append([]func(*Options){func(o *Options) {
		o.Listen, o.Advertise = netip.MustParseAddrPort("0.0.0.0:7946"), []netip.AddrPort{at(i), alt(i)}
		o.open = w.net.host(at(i), alt(i))
	}}, change...)...)
	m.at = at(i)
	return m
}

// cluster starts nodes 1 to n and waits until each counts all.
func (w *world) cluster(n int, change ...func(*Options)) []*member {
	w.Helper()
	for i := range n {
		m := w.start(i+1, change...)
		<-m.Ready()
	}
	w.await("everybody knows everybody", 20*time.Second, func() bool {
		return !slices.ContainsFunc(w.nodes, func(m *member) bool { return len(m.Alive()) != n })
	})
	return w.nodes
}

// kill ends a node without a farewell: nothing it says is heard any more.
func (m *member) kill() {
	m.w.net.kill(m.at)
	m.stop()
	<-m.done
}

// await waits, in the bubble's time, until a condition holds.
func (w *world) await(what string, limit time.Duration, holds func() bool) time.Duration {
	w.Helper()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		switch took := time.Since(start); {
		case holds():
			return took
		case took > limit:
			for _, m := range w.nodes {
				w.Logf("%s: members %v; sheets %v", m.options.Name, m.Members(), m.numbers())
			}
			w.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// numbers gives the sheet numbers that a node has, by observer.
func (m *member) numbers() map[string]uint64 {
	numbers := map[string]uint64{}
	for _, h := range m.Sheets() {
		numbers[h.Sheet.Observer] = h.Sheet.Number
	}
	return numbers
}

// heard gives a node's sheet of an observer.
func (m *member) heard(observer string) (steering.Heard, bool) {
	for _, h := range m.Sheets() {
		if h.Sheet.Observer == observer {
			return h, true
		}
	}
	return steering.Heard{}, false
}

func (m *member) state(name string) State {
	for _, o := range m.Members() {
		if o.Name == name {
			return o.State
		}
	}
	return ""
}

// votes makes n votes that differ from those of another seed.
func votes(n int, seed uint64) []steering.Vote {
	list := make([]steering.Vote, n)
	for i := range list {
		list[i] = steering.Vote{Target: steering.TargetID(i + 1), State: steering.VoteDown, Falls: uint8(seed),
			Since: time.Unix(int64(seed), 0), Detail: "timeout"}
	}
	return list
}
