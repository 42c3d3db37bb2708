package zones

import (
	"hash/maphash"
	"iter"
	"maps"
)

// nodes are the nodes of a zone by their names in lower case, the empty non-terminals too. They lie in shards, so that a
// version of a zone shares with the one before all shards that a change leaves alone.
type nodes struct {
	shards []map[string]*Node // a power of two of them, or none
	seed   maphash.Seed
}

// perShard is about how many nodes a shard has: few enough to be copied in some microseconds, and somewhat less than the
// 896 that fill the map which a shard of so many gets.
const perShard = 800

// newNodes has room for so many nodes.
func newNodes(count int) nodes {
	n := nodes{shards: make([]map[string]*Node, 1), seed: maphash.MakeSeed()}
	for len(n.shards)*perShard < count {
		n.shards = append(n.shards, n.shards...)
	}
	for i := range n.shards {
		n.shards[i] = make(map[string]*Node, count/len(n.shards))
	}
	return n
}

// find is the node of a name, or nil. It does not allocate.
func (n *nodes) find(name []byte) *Node {
	switch len(n.shards) {
	case 0:
		return nil
	case 1:
		return n.shards[0][string(name)]
	default:
		return n.shards[maphash.Bytes(n.seed, name)&uint64(len(n.shards)-1)][string(name)]
	}
}

// of is the same for a Name.
func (n *nodes) of(name Name) *Node { return n.shards[n.place(name)][string(name)] }

// place is the shard that a name is in.
func (n *nodes) place(name Name) int {
	if len(n.shards) == 1 {
		return 0
	}
	return int(maphash.String(n.seed, string(name)) & uint64(len(n.shards)-1))
}

// crowded says whether so many nodes are too many for the shards.
func (n *nodes) crowded(count int) bool { return count > 4*perShard*len(n.shards) }

// all are the nodes, in no order.
func (n *nodes) all() iter.Seq2[Name, *Node] {
	return func(yield func(Name, *Node) bool) {
		for _, shard := range n.shards {
			for name, node := range shard {
				if !yield(Name(name), node) {
					return
				}
			}
		}
	}
}

// cloned are nodes that share all shards with these until unshare.
func (n *nodes) cloned() nodes {
	return nodes{append([]map[string]*Node(nil), n.shards...), n.seed}
}

// unshare copies a shard.
func (n *nodes) unshare(at int) { n.shards[at] = maps.Clone(n.shards[at]) }
