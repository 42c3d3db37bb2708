package zones

import (
	"hash/maphash"
	"iter"
	"maps"
	"math/bits"
	"slices"
)

// nodes are the nodes of a zone by their names in lower case, the empty non-terminals too. A few lie in a list, which is
// small. More lie in shards, so that a version of a zone shares with the one before all shards that a change leaves alone.
type nodes struct {
	few    []named
	shards *shards // nil: all are in the list
}

type shards struct {
	maps []map[string]*Node
	seed maphash.Seed
}

type named struct {
	name Name
	node *Node
}

const (
	// mostFew is how many nodes the list has at the most.
	mostFew = 8

	// perShard is about how many nodes a shard has: few enough to be copied in some microseconds, and somewhat less than the
	// 896 that fill the map which a shard of so many gets.
	perShard = 800
)

// newNodes has room for so many nodes.
func newNodes(m *room, count int) (n nodes) {
	if count > mostFew {
		n.shard(count)
	} else {
		n.few = m.few()
	}
	return n
}

// shard puts all nodes into shards, with room for so many.
func (n *nodes) shard(count int) {
	n.shards = &shards{make([]map[string]*Node, (count+perShard-1)/perShard), maphash.MakeSeed()}
	for i := range n.shards.maps {
		n.shards.maps[i] = make(map[string]*Node, count/len(n.shards.maps))
	}
	for _, f := range n.few {
		n.put(f.name, f.node)
	}
	n.few = nil
}

// find is the node of a name, or nil. It does not allocate.
func (n *nodes) find(name []byte) *Node {
	s := n.shards
	switch {
	case s == nil:
		for i := range n.few {
			if string(n.few[i].name) == string(name) {
				return n.few[i].node
			}
		}
		return nil
	case len(s.maps) == 1:
		return s.maps[0][string(name)]
	default:
		return s.maps[s.placeOf(maphash.Bytes(s.seed, name))][string(name)]
	}
}

// of is the same for a Name.
func (n *nodes) of(name Name) *Node {
	if n.shards == nil {
		if at := n.among(name); at >= 0 {
			return n.few[at].node
		}
		return nil
	}
	return n.shards.of(name)[string(name)]
}

// among is where in the list a name is, or -1.
func (n *nodes) among(name Name) int {
	return slices.IndexFunc(n.few, func(f named) bool { return f.name == name })
}

// of is the shard that a name is in.
func (s *shards) of(name Name) map[string]*Node { return s.maps[s.place(name)] }

// place is which shard that is.
func (s *shards) place(name Name) int {
	if len(s.maps) == 1 {
		return 0
	}
	return s.placeOf(maphash.String(s.seed, string(name)))
}

func (s *shards) placeOf(hash uint64) int {
	place, _ := bits.Mul64(hash, uint64(len(s.maps)))
	return int(place)
}

// put puts a node to its name.
func (n *nodes) put(name Name, node *Node) {
	if n.shards == nil {
		at := n.among(name)
		switch {
		case at >= 0:
			n.few[at].node = node
			return
		case len(n.few) < mostFew:
			n.few = append(n.few, named{name, node})
			return
		}
		n.shard(2 * mostFew)
	}
	n.shards.of(name)[string(name)] = node
}

// remove takes a name away that is there.
func (n *nodes) remove(name Name) {
	if n.shards == nil {
		n.few = slices.DeleteFunc(n.few, func(f named) bool { return f.name == name })
		return
	}
	delete(n.shards.of(name), string(name))
}

// crowded says whether so many nodes are too many for the shards.
func (n *nodes) crowded(count int) bool {
	if n.shards == nil {
		return count > 4*perShard
	}
	return count > 4*perShard*len(n.shards.maps)
}

// all are the nodes, in no order.
func (n *nodes) all() iter.Seq2[Name, *Node] {
	return func(yield func(Name, *Node) bool) {
		for _, f := range n.few {
			if !yield(f.name, f.node) {
				return
			}
		}
		if n.shards == nil {
			return
		}
		for _, shard := range n.shards.maps {
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
	fresh := nodes{few: slices.Clone(n.few)}
	if n.shards != nil {
		fresh.shards = &shards{slices.Clone(n.shards.maps), n.shards.seed}
	}
	return fresh
}

// unshare copies a shard.
func (s *shards) unshare(at int) { s.maps[at] = maps.Clone(s.maps[at]) }
