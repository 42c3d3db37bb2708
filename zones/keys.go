package zones

import (
	"hash/maphash"

	"github.com/miekg/dns"
)

// keys finds the RRsets of a reading by their keys. It has no pointers and no names in it, which makes it small and keeps the
// garbage collector out of it: it leads from the hash of an owner to its last RRset, and that to the one before.
type keys struct {
	last map[uint64]int32 // places in sets
	sets []*gathering
	seed maphash.Seed
}

// newKeys has room for so many owners.
func newKeys(owners int) keys {
	return keys{last: make(map[uint64]int32, owners), seed: maphash.MakeSeed()}
}

// none is no place.
const none = -1

// of is the hash of an owner, and the place of the last RRset that may be its.
func (k *keys) of(owner Name) (hash uint64, at int32) {
	var buf [maxName]byte
	hash = maphash.Bytes(k.seed, appendLower(buf[:0], owner))
	at, there := k.last[hash]
	if !there {
		at = none
	}
	return hash, at
}

// find is the RRset with the key, or nil.
func (k *keys) find(owner Name, typ, covers uint16) *gathering {
	_, at := k.of(owner)
	return k.among(at, owner, typ, covers)
}

func (k *keys) among(at int32, owner Name, typ, covers uint16) *gathering {
	for ; at != none; at = k.sets[at].before {
		if s := k.sets[at].set; s.Type == typ && s.Covers() == covers && s.Owner.is(owner) {
			return k.sets[at]
		}
	}
	return nil
}

// add notes an RRset of an owner with this hash.
func (k *keys) add(g *gathering, hash uint64, before int32) {
	g.before = before
	k.last[hash] = int32(len(k.sets))
	k.sets = append(k.sets, g)
}

// beside says what keeps a new RRset of the type from standing beside those that its owner has, "" for nothing. Only the
// signature and the proof of DNSSEC may stand beside a CNAME (RFC 2181 section 10.1, RFC 4034 sections 3 and 4).
//
//	CNAME    ALIAS    A or AAAA    any other    refused
//	yes      yes      any          any          yes
//	yes      no       yes          any          yes
//	yes      no       no           yes          yes
//	no       yes      yes          any          yes: which addresses are meant?
//	any other                                   no
func (k *keys) beside(at int32, owner Name, typ uint16) (refused string) {
	has := roleOf(typ)
	for ; at != none; at = k.sets[at].before {
		if s := k.sets[at].set; s.Owner.is(owner) {
			has |= roleOf(s.Type)
		}
	}
	switch {
	case has&roleCNAME != 0 && has != roleCNAME:
		return "CNAME beside other data"
	case has&roleALIAS != 0 && has&roleAddress != 0:
		return "ALIAS beside A or AAAA: which addresses does the name have?"
	default:
		return ""
	}
}

// role is a set of what RRsets are at their owner.
type role uint8

const (
	roleCNAME role = 1 << iota
	roleALIAS
	roleAddress
	roleOther
)

// roleOf is what an RRset of the type is at its owner.
func roleOf(typ uint16) role {
	switch typ {
	case dns.TypeCNAME:
		return roleCNAME
	case TypeALIAS:
		return roleALIAS
	case dns.TypeA, dns.TypeAAAA:
		return roleAddress
	case dns.TypeRRSIG, dns.TypeNSEC:
		return 0
	default:
		return roleOther
	}
}

// is says whether two names are the same, whatever their letter case (RFC 4343).
func (n Name) is(other Name) bool {
	return len(n) == len(other) && (n == other || n.Lower() == other.Lower())
}
