package cluster

import (
	"errors"
	"slices"

	"github.com/hashicorp/memberlist"
)

func (d delegate) NotifyJoin(node *memberlist.Node)   { d.n.turnUp(node) }
func (d delegate) NotifyUpdate(node *memberlist.Node) { d.n.turnUp(node) }

func (d delegate) NotifyLeave(node *memberlist.Node) {
	if node.Name != d.n.options.Name {
		d.n.facts.leave(node.Name, d.n.now())
	}
}

func (n *Node) turnUp(node *memberlist.Node) {
	if node.Name == n.options.Name {
		return
	}
	m, err := readMeta(node.Meta)
	if err != nil {
		m = meta{unread: true}
		n.dropped.Add(1)
	}
	n.facts.join(node.Name, addrPort(node.Addr, node.Port), m, n.now())
}

func (d delegate) NotifyConflict(existing, other *memberlist.Node) {
	if existing.Name == d.n.options.Name {
		d.n.meet(other)
	}
}

// NotifyMerge sees what a node that is being joined, or joins, knows. Unlike NotifyConflict it tells of nodes of this
// name that are suspect or dead there.
func (d delegate) NotifyMerge(nodes []*memberlist.Node) error {
	for _, node := range nodes {
		if node.Name == d.n.options.Name && node.State != memberlist.StateLeft {
			d.n.meet(node)
		}
	}
	return nil
}

// NotifyAlive keeps the table of memberlist, which has no bound, within ours.
func (d delegate) NotifyAlive(node *memberlist.Node) error {
	if node.Name == d.n.options.Name || d.n.facts.hasRoom(node.Name, d.n.now()) {
		return nil
	}
	return errCrowded
}

var errCrowded = errors.New("there are as many members as this node can bear")

// meet notes a node of this node's name, unless it is this node itself.
func (n *Node) meet(other *memberlist.Node) {
	addr := addrPort(other.Addr, other.Port)
	m, err := readMeta(other.Meta)
	if err != nil || slices.Contains(n.ownAddrs(), addr) {
		return
	}
	select {
	case n.rivals <- rival{addr, m.Incarnation}:
	default: // it will be met again
	}
}
