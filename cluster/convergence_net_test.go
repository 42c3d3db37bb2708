package cluster

import (
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"time"
)

// slow makes every pair of nodes 5 to 150 ms apart, and loses a share of the packets.
func (m *memnet) slow(loss float64) {
	random := rand.New(rand.NewPCG(2, 3)) // used with the lock held
	m.set(func(m *memnet) {
		m.sent = map[netip.AddrPort]int{}
		m.delay = apart
		m.lose = func(netip.AddrPort, netip.AddrPort, []byte) bool { return loss > 0 && random.Float64() < loss }
	})
}

// apart is how long a packet takes between two nodes, the same both ways.
func apart(a, b netip.AddrPort) time.Duration {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	h := fnv.New64a()
	h.Write([]byte(a.String() + b.String()))
	const least, most = 5 * time.Millisecond, 150 * time.Millisecond
	return least + time.Duration(h.Sum64()%uint64(most-least))
}

// octets is what each of the first nodes has sent.
func (m *memnet) octets(nodes int) []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []int
	for i := range nodes {
		list = append(list, m.sent[at(i+1)])
	}
	return list
}
