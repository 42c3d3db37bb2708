package cluster

import (
	"context"

	"github.com/hashicorp/memberlist"
)

// announce sends every new sheet of this node straight to each living member, beside the broadcast. After a failure that
// many nodes see at once, broadcasts wait for each other for seconds; what everybody sends to everybody waits for nobody.
// Broadcast reaches those whom the packet does not.
func (n *Node) announce(ctx context.Context, m *memberlist.Memberlist) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.changed:
			msg, to := n.facts.announcement()
			for _, q := range to {
				// What is lost comes by broadcast.
				m.SendBestEffort(recipient(q.name, q.addrs[0]), msg)
			}
		}
	}
}

// announcement gives the own sheet as a message, and the living members; nobody while the sheet does not fit a packet.
func (f *facts) announcement() (msg []byte, to []peer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.large {
		return nil, nil
	}
	for _, p := range f.peers {
		if p.gone.IsZero() {
			to = append(to, peer{name: p.name, addrs: p.addrs})
		}
	}
	return putSheet(begin(kindSheet), f.sheet), to
}
