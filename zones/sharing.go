package zones

import (
	"maps"

	"github.com/miekg/dns"
)

// sharing is what a tree that is grown from the one before has of its own: it shares everything else.
type sharing struct {
	shards map[int]bool   // copied
	nodes  map[Name]*Node // made anew or copied
	made   map[Name]*Node // made anew: their RRsets are to be planted
}

// unshare makes the shard of a name one that may be written to.
func (g *growth) unshare(name Name) {
	if g.shared == nil || g.zone.nodes.shards == nil {
		return
	}
	if at := g.zone.nodes.shards.place(name); !g.shared.shards[at] {
		g.zone.nodes.shards.unshare(at)
		g.shared.shards[at] = true
	}
}

// own is the node of a name that there is, which may be written to.
func (g *growth) own(name Name) *Node {
	n := g.zone.nodes.of(name)
	if g.shared == nil || g.shared.nodes[name] == n {
		return n
	}
	fresh := *n
	if len(n.sets) == 1 {
		fresh.sets = fresh.one[:] // not those of the node before, which would stay for it
	}
	g.shared.nodes[name] = &fresh
	g.put(name, &fresh)
	return &fresh
}

// make puts a node to its name that is to be planted.
func (g *growth) make(name Name, n *Node) {
	if g.shared != nil {
		g.shared.nodes[name], g.shared.made[name] = n, n
	}
	g.put(name, n)
}

// prune takes a node away that has nothing and leads to nothing, and what is above it for it alone.
func (g *growth) prune(name Name) {
	for name != g.zone.origin {
		n := g.zone.nodes.of(name)
		if n == nil || len(n.sets) > 0 || n.children > 0 {
			return
		}
		g.unshare(name)
		g.zone.nodes.remove(name)
		delete(g.shared.nodes, name)
		delete(g.shared.made, name)
		parent := g.own(name.parent())
		parent.children--
		if isWildcard(name) {
			parent.rarely().wildcard = nil
		}
		name = name.parent()
	}
}

// edited is the version after this one that a text says, which nobody else has yet.
func (z *Zone) edited(t *text, serial uint32) *Zone {
	return z.next(t, serial, adopt(z.text.sets, t.sets))
}

// next is the version of the zone with a text that shares all RRsets with the present one but those at the touched
// owners (in lower case; the apex is one only if more than its SOA differs). It does not copy what the change leaves alone:
// its cost is a look at each RRset and some work for each touched name.
func (z *Zone) next(t *text, serial uint32, touched map[Name]bool) *Zone {
	touched, all := z.steeredBy(touched)
	if z.text.signed || t.signed || all || touched[z.origin] && (z.apex.ruleBelow() != nil || t.atApex(dns.TypeDNAME) != nil) ||
		z.nodes.crowded(len(t.sets)) {
		return t.zone(z.network, serial)
	}
	anew := z.concerned(t, touched)
	if len(anew) > 64+len(t.sets)/4 { // no less work than the whole
		return t.zone(z.network, serial)
	}
	fresh := &Zone{text: t, origin: z.origin, network: z.network, serial: serial, nodes: z.nodes.cloned(), apex: z.apex,
		depth: z.depth, steered: z.steered}
	fresh.fileSerial = t.serial
	g := growth{zone: fresh, network: z.network, room: &room{}, shared: &sharing{map[int]bool{}, map[Name]*Node{}, map[Name]*Node{}}}
	g.policies, _ = t.policies(z.network)
	fresh.checked = g.policies.check()
	for name := range anew {
		if n := fresh.nodes.of(name); n != nil {
			fresh.steered -= n.steered()
			g.make(name, &Node{children: n.children, seldom: n.seldom})
		}
	}
	for _, s := range z.whole {
		if _, made := anew[s.Owner.Lower()]; !made {
			fresh.whole = append(fresh.whole, s)
		}
	}
	for _, sets := range anew {
		for _, s := range sets {
			g.plant(s)
		}
	}
	for name := range anew {
		g.prune(name)
	}
	g.finish(maps.All(g.shared.made))
	return fresh
}

// steered counts the steered RRsets of the node.
func (n *Node) steered() (count uint32) {
	for _, s := range n.sets {
		if s.Reach() != nil {
			count++
		}
	}
	return count
}
