package cluster

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"leeward/steering"
)

var (
	convergenceNodes   = flag.Int("nodes", 0, "TestConvergence: nodes of the one cluster to measure; 0: the small ones")
	convergenceMoments = flag.Int("moments", 10, "TestConvergence: moments, a second apart, at which votes are looked at")
)

// How fast a change of one node's sheet reaches all others, what share of the votes is fresh, and what it costs, in
// virtual time, over a network whose packets take 5 to 150 ms. Larger clusters, and the rows of docs/failover.md (a hundred
// nodes take minutes, three hundred half an hour):
//
//	go test ./cluster -run Convergence -v -timeout 0 -nodes 100 -moments 120
func TestConvergence(t *testing.T) {
	sizes := []int{10, 30}
	if *convergenceNodes > 0 {
		sizes = []int{*convergenceNodes}
	}
	for _, nodes := range sizes {
		for _, c := range []struct {
			loss  float64
			limit time.Duration
		}{{0, 1500 * time.Millisecond}, {0.1, 3 * time.Second}} {
			f := measure(t, gathering{nodes: nodes, loss: c.loss, changes: 20, moments: *convergenceMoments})
			t.Log(f)
			if nodes <= 300 && (f.worst() > c.limit || f.fresh < 0.999) {
				t.Errorf("%v: a change took more than %v, or less than 99.9 %% of the votes were fresh", f, c.limit)
			}
			if nodes <= 100 && (f.burst > 3*time.Second || f.burstStale > 0.001) {
				t.Errorf("%v: many changes at once took more than 3s, or less than 99.9 %% of the votes were fresh meanwhile", f)
			}
		}
	}
}

// gathering is a cluster to measure.
type gathering struct {
	nodes   int
	loss    float64 // share of the packets
	changes int
	moments int
}

// figures are what was measured.
type figures struct {
	gathering
	took       []time.Duration // each change, until the last node had it; sorted
	burst      time.Duration   // half of the nodes at once, until the last node had the last
	burstStale float64         // the greatest share of votes that were not fresh meanwhile
	fresh      float64         // share of votes
	mean, most float64         // octets a second that a node sends
	heap       float64         // octets a node
}

func (f figures) worst() time.Duration { return f.took[len(f.took)-1] }

// String is a row of the table.
func (f figures) String() string {
	ms := func(d time.Duration) int64 { return d.Milliseconds() }
	return fmt.Sprintf("| %d | %.0f %% | %d ms | %d ms | %d ms | %.1f %% | %.3f %% | %.1f | %.1f | %.1f |", f.nodes, 100*f.loss,
		ms(f.took[len(f.took)/2]), ms(f.worst()), ms(f.burst), 100*f.burstStale, 100*f.fresh, f.mean/1000, f.most/1000, f.heap/1e6)
}

// measure builds a cluster and measures it.
func measure(t *testing.T, g gathering) (f figures) {
	random := rand.New(rand.NewPCG(uint64(g.nodes), 1))
	f.gathering = g
	inWorld(t, func(w *world) {
		w.net.slow(g.loss)
		w.gather(g.nodes)
		for i, m := range w.nodes {
			m.Publish(votes(10, uint64(i)), steering.Demand{}, steering.Load{})
		}
		time.Sleep(10 * time.Second)
		for i := range g.changes {
			time.Sleep(time.Duration(random.Int64N(int64(500 * time.Millisecond))))
			f.took = append(f.took, w.change(uint64(1000+i), w.nodes[random.IntN(g.nodes)]))
		}
		slices.Sort(f.took)

		before := w.net.octets(g.nodes)
		began := time.Now()
		f.fresh = w.share(g.moments, random)
		f.mean, f.most = rates(before, w.net.octets(g.nodes), time.Since(began))

		f.burst, f.burstStale = w.burst(9999)
		f.heap = heap() / float64(g.nodes)
	})
	return f
}

// gather starts a cluster, a few nodes at a time.
func (w *world) gather(nodes int) {
	for i := range nodes {
		if m := w.start(i + 1); i < 2 || i%20 == 0 {
			<-m.Ready()
		}
	}
	w.await("everybody knows everybody", 5*time.Minute, func() bool {
		return !slices.ContainsFunc(w.nodes, func(m *member) bool { return m.facts.size() != nodes })
	})
}

// number is the newest sheet of an observer that a node has; 0: none.
func (m *member) number(observer string) uint64 {
	m.facts.mu.Lock()
	defer m.facts.mu.Unlock()
	if observer == m.options.Name {
		return m.facts.sheet.Number
	}
	if p := m.facts.peers[observer]; p != nil && p.sheet != nil {
		return p.sheet.Number
	}
	return 0
}

// change has some nodes change their sheets, and gives how long the last node waited for the last of them.
func (w *world) change(seed uint64, some ...*member) time.Duration {
	began := time.Now()
	type pair struct{ at, of *member }
	var wait []pair
	numbers := map[*member]uint64{}
	for _, of := range some {
		of.Publish(votes(10, seed), steering.Demand{}, steering.Load{})
		numbers[of] = of.number(of.options.Name)
		for _, at := range w.nodes {
			wait = append(wait, pair{at, of})
		}
	}
	for {
		wait = slices.DeleteFunc(wait, func(p pair) bool { return p.at.number(p.of.options.Name) >= numbers[p.of] })
		took := time.Since(began)
		if len(wait) == 0 || took > time.Minute {
			return took
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// burst has half of the nodes change their sheets at once, as when an upstream fails.
func (w *world) burst(seed uint64) (took time.Duration, stale float64) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		took = w.change(seed, w.nodes[:(len(w.nodes)+1)/2]...)
	}()
	for {
		fresh, all := w.fresh()
		stale = max(stale, 1-float64(fresh)/float64(all))
		select {
		case <-done:
			return took, stale
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// share is the share of votes that are fresh at random moments, over all pairs of nodes.
func (w *world) share(moments int, random *rand.Rand) float64 {
	fresh, all := 0, 0
	for range moments {
		time.Sleep(time.Duration(random.Int64N(int64(2 * time.Second))))
		f, n := w.fresh()
		fresh, all = fresh+f, all+n
	}
	return float64(fresh) / float64(all)
}

// fresh counts the sheets of others, and those that are fresh, over all nodes.
func (w *world) fresh() (fresh, all int) {
	const stale = 2500 * time.Millisecond
	for _, m := range w.nodes {
		m.facts.mu.Lock()
		now := m.now()
		all += len(w.nodes) - 1
		for _, p := range m.facts.peers {
			if p.sheet != nil && !p.named.IsZero() && now.Sub(p.named) <= stale {
				fresh++
			}
		}
		m.facts.mu.Unlock()
	}
	return fresh, all
}

// rates are what nodes sent, each a second: the mean and the most.
func rates(before, after []int, took time.Duration) (mean, most float64) {
	for i := range after {
		rate := float64(after[i]-before[i]) / took.Seconds()
		mean += rate / float64(len(after))
		most = max(most, rate)
	}
	return mean, most
}

func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
