package cluster

import (
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
)

// gate decides what of the outside is taken in, and counts what is not.
type gate struct {
	allow   []netip.Prefix // empty: everybody
	keyed   bool           // with gossip keys
	refused *refusals

	seed maphash.Seed
	mu   sync.Mutex
	seen [2]map[uint64]struct{} // hashes of the last packets, and of those before
}

// remembered is how many packets are remembered at least.
const remembered = 1024

func newGate(allow []netip.Prefix, keyed bool, refused *refusals) *gate {
	return &gate{allow: allow, keyed: keyed, refused: refused, seed: maphash.MakeSeed(),
		seen: [2]map[uint64]struct{}{{}, {}}}
}

// Bounds of a packet in octets. The least is memberlist's encryption of nothing: its version, nonce and tag.
const (
	maxPacket = 4096 // nodes send none so large
	minSealed = 1 + 12 + 16
)

// sealed is the version of memberlist's encryption that nodes use. The other trusts what it finds inside, and ends the
// program on what it does not expect.
const sealed = 1

// admits decides whether a packet is taken in.
//
//	comes from           is                                        the gossip    then
//	elsewhere than allow -                                         -             refused
//	allow, or anywhere   empty, or larger than nodes send          -             refused
//	allow, or anywhere   too short, or sealed in the other way     has a key     refused
//	allow, or anywhere   the same as one before                    has a key     dropped: it came on several paths
//	allow, or anywhere   anything else                             -             taken in, for memberlist to read
//
// No two packets that a node seals are the same. Those of a gossip without a key may be, and nothing is dropped.
func (g *gate) admits(packet []byte, from netip.Addr) bool {
	switch {
	case !g.allows(from):
		g.refused.add(refusedAllow)
	case len(packet) == 0 || len(packet) > maxPacket, g.keyed && (len(packet) < minSealed || packet[0] == 0):
		g.refused.add(refusedMalformed)
	default:
		return !g.keyed || g.isNew(packet)
	}
	return false
}

// allows says whether an address may speak to this node, or be spoken to.
func (g *gate) allows(addr netip.Addr) bool {
	return len(g.allow) == 0 || slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// isNew remembers a packet, and says whether it was not remembered.
func (g *gate) isNew(packet []byte) bool {
	hash := maphash.Bytes(g.seed, packet)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, seen := range g.seen {
		if _, ok := seen[hash]; ok {
			return false
		}
	}
	if len(g.seen[0]) >= remembered {
		clear(g.seen[1])
		g.seen[0], g.seen[1] = g.seen[1], g.seen[0]
	}
	g.seen[0][hash] = struct{}{}
	return true
}
