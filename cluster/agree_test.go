package cluster

import (
	"net/netip"
	"testing"
	"time"

	"leeward/steering"
)

func (m *member) sees(name string) Member {
	for _, o := range m.Members() {
		if o.Name == name {
			return o
		}
	}
	return Member{}
}

// The rows are those of the chart above compare.
func TestCompare(t *testing.T) {
	ours, others := steering.Digest{1}, steering.Digest{2}
	now := time.Now()
	for _, c := range []struct {
		name              string
		counter           uint64
		network, verdicts steering.Digest
		want              time.Duration
	}{
		{"not heard yet", 0, ours, others, 0},
		{"another network", 1, others, others, 0},
		{"ours", 1, ours, ours, 0},
		{"others", 1, ours, others, 7 * time.Second},
	} {
		f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
		f.setDigests(ours, ours, now)
		f.join("a", at(1), meta{}, now)
		p := f.peers["a"]
		p.beat = beat{Counter: c.counter, Network: c.network, Verdicts: c.verdicts}
		f.compare(p, now)
		f.compare(p, now.Add(5*time.Second))
		if got := p.differing(now.Add(7 * time.Second)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		f.leave("a", now)
		if got := p.differing(now.Add(7 * time.Second)); got != 0 {
			t.Errorf("%s, gone: %v", c.name, got)
		}
	}
}

// While verdicts differ every node says of the other for how long, and nothing once they agree.
func TestDiffers(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := steering.Digest{1}, steering.Digest{2}
		nodes := w.cluster(3, func(o *Options) { o.NetworkDigest = a })
		for _, m := range nodes {
			m.SetDigests(a, a)
		}
		time.Sleep(3 * time.Second)
		nodes[2].SetDigests(a, b)
		time.Sleep(20 * time.Second)
		for _, pair := range [][2]int{{0, 2}, {1, 2}, {2, 0}, {2, 1}} {
			m, name := nodes[pair[0]], nodes[pair[1]].options.Name
			if d := m.sees(name).Differs; d < 18*time.Second || d > 20*time.Second {
				t.Errorf("%s says that %s differs for %v", m.options.Name, name, d)
			}
		}
		if d := nodes[0].sees("n2").Differs; d != 0 {
			t.Errorf("those who agree differ for %v", d)
		}
		nodes[0].SetDigests(a, b)
		if d := nodes[0].sees("n3").Differs; d != 0 {
			t.Errorf("who comes round differs for %v", d)
		}
		nodes[1].SetDigests(b, a) // another network
		time.Sleep(3 * time.Second)
		for _, m := range nodes {
			for _, o := range m.Members() {
				if o.Differs != 0 {
					t.Errorf("%s says that %s differs for %v", m.options.Name, o.Name, o.Differs)
				}
			}
		}
		if d := nodes[0].sees("n2").NetworkDigest; d != b {
			t.Errorf("another network is shown as %s", d)
		}
	})
}

// A sheet ages when its heartbeats are not heard, and when they name a newer one that does not arrive.
func TestSheetAge(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		nodes[2].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n3", 1, 3))
		time.Sleep(5 * time.Second)
		if o := nodes[0].sees("n3"); o.SheetAge > 2*time.Second {
			t.Errorf("a sheet that is named is %v old", o.SheetAge)
		}
		if o := nodes[2].sees("n3"); o.SheetAge != 0 {
			t.Errorf("the own sheet is %v old", o.SheetAge)
		}
		nodes[2].facts.mu.Lock() // its heartbeats name a sheet that it never gives
		next := *nodes[2].facts.sheet
		next.Number = 9
		nodes[2].facts.sheet = &next
		nodes[2].facts.mu.Unlock()
		nodes[0].facts.mu.Lock()
		nodes[0].facts.peers["n3"].wantsSheet = want{tries: 100, since: time.Now(), asked: time.Now().Add(time.Hour)} // it does not ask
		nodes[0].facts.mu.Unlock()
		time.Sleep(10 * time.Second)
		if o := nodes[0].sees("n3"); o.SheetAge < 8*time.Second || o.HeartbeatAge > 2*time.Second {
			t.Errorf("a sheet that is no longer named is %v old, its heartbeat %v", o.SheetAge, o.HeartbeatAge)
		}
		nodes[2].kill()
		time.Sleep(10 * time.Second)
		if o := nodes[0].sees("n3"); o.SheetAge < 18*time.Second {
			t.Errorf("the sheet of a dead member is %v old", o.SheetAge)
		}
	})
}

// A clock's skew is found to within the least delay of the last heartbeats, however long some took.
func TestClockSkew(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name   string
		skew   time.Duration
		delays []time.Duration // of the last heartbeats
		want   time.Duration
	}{
		{"none heard", 0, nil, 0},
		{"exact", 0, []time.Duration{0}, 0},
		{"a fast clock, delayed", 3 * second, []time.Duration{second, second / 10, 2 * second}, 2900 * time.Millisecond},
		{"a slow clock, delayed", -3 * second, []time.Duration{second, second / 10, 2 * second}, -3100 * time.Millisecond},
		{"a true clock, delayed", 0, []time.Duration{second, second / 20, 2 * second}, -50 * time.Millisecond},
		{"the last eight", 0, []time.Duration{0, second, second, second, second, second, second, second, 2 * second}, -second},
	} {
		f := newFacts(&Options{Name: "n", Heartbeat: second, Now: time.Now}, packetSize)
		now := time.Now().Truncate(time.Millisecond)
		f.join("a", at(1), meta{Incarnation: 1}, now)
		for i, d := range c.delays {
			now = now.Add(second)
			f.hear(&beat{Name: "a", Incarnation: 1, Counter: uint64(i + 1), Wall: now.Add(c.skew - d).UnixMilli()}, 0, now)
		}
		if got := f.peers["a"].clock.skew(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A clock that is wrong is shown so by the others, whatever the network's delay.
func TestWrongClockIsShown(t *testing.T) {
	inWorld(t, func(w *world) {
		w.net.set(func(m *memnet) { m.delay = func(_, _ netip.AddrPort) time.Duration { return 80 * time.Millisecond } })
		w.cluster(2)
		w.start(3, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(-5 * time.Second) } })
		w.await("all are members", 20*time.Second, func() bool { return len(w.nodes[0].Alive()) == 3 })
		time.Sleep(10 * time.Second)
		if s := w.nodes[0].sees("n3").ClockSkew; s > -5*time.Second-80*time.Millisecond || s < -5300*time.Millisecond {
			t.Errorf("five seconds slow, shown as %v", s)
		}
		if s := w.nodes[0].sees("n2").ClockSkew; s > -80*time.Millisecond || s < -300*time.Millisecond {
			t.Errorf("true, shown as %v", s)
		}
	})
}
