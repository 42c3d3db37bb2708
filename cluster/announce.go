package cluster

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/memberlist"
)

// announce sends every heartbeat, every new sheet and every note of this node straight to each living member, beside the
// broadcast.
// What everybody sends to everybody waits for nobody, while broadcasts wait for each other: for seconds after a failure
// that many nodes see at once, and always where there are hundreds of heartbeats a second. Broadcast reaches those whom
// the packet does not.
func (n *Node) announce(ctx context.Context, m *memberlist.Memberlist) {
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-n.noted:
			n.toAll(m, msg)
		case <-n.saying:
			for _, next := range []*atomic.Pointer[[]byte]{&n.published, &n.said} {
				if msg := next.Swap(nil); msg != nil && len(*msg) <= n.facts.room {
					n.toAll(m, *msg)
				}
			}
		}
	}
}

// toAll sends a message to each living member. What is lost comes by broadcast.
func (n *Node) toAll(m *memberlist.Memberlist, msg []byte) {
	for _, p := range n.facts.audience() {
		m.SendBestEffort(recipient(p.name, p.addrs[0]), msg)
	}
}

// say has a message announced, instead of the one before if that is not announced yet.
func (n *Node) say(next *atomic.Pointer[[]byte], msg []byte) {
	next.Store(&msg)
	poke(n.saying)
}

// audience gives the names and addresses of the living members.
func (f *facts) audience() (to []peer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.peers {
		if p.gone.IsZero() {
			to = append(to, peer{name: p.name, addrs: p.addrs})
		}
	}
	return to
}
