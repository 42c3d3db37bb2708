package zones

import (
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"sort"
	"strings"

	"github.com/miekg/dns"
)

// denial is the chain of NSEC (RFC 4034 section 4) or NSEC3 (RFC 5155) that a signed zone brings along: the records that
// prove what it does not have.
type denial struct {
	links  []denialLink // in order of their keys
	hashed *hashing     // nil for NSEC
}

type denialLink struct {
	key string // the hash for NSEC3, sortKey of the owner for NSEC
	set *RRset
}

// hashing is how NSEC3 turns names into hashes (RFC 5155 section 5).
type hashing struct {
	salt       []byte
	iterations int
}

// deny finds the chain of a signed zone, and for every name with data of its own the record that matches it.
//
//	at the apex                            chain
//	no signature of the SOA                none: the zone is not signed
//	NSEC3PARAM with SHA-1 and no flags     NSEC3 with its salt and iterations (RFC 5155 section 4)
//	no such, NSEC                          NSEC
//	neither                                none
func (g *growth) deny() {
	z := g.zone
	if !z.text.signed {
		return
	}
	d := &denial{hashed: hashingOf(z.apex.set(dns.TypeNSEC3PARAM))}
	for _, s := range z.text.sets {
		if key, ok := d.keyOf(s); ok {
			d.links = append(d.links, denialLink{key, s})
		}
	}
	if len(d.links) == 0 {
		return
	}
	slices.SortFunc(d.links, func(a, b denialLink) int { return strings.Compare(a.key, b.key) })
	z.denial = d
	for name, n := range z.nodes.all() {
		if n.rule != nil && !n.delegates {
			continue // another zone's name, which the chain passes over
		}
		set, matches := d.cover([]byte(name))
		if matches || d.hashed == nil { // the NSEC before an empty non-terminal is its proof (RFC 4035 section 3.1.3.1)
			n.rarely().proof = set
		}
	}
}

// hashingOf is the hashing that an NSEC3PARAM RRset tells of, or nil.
func hashingOf(param *RRset) *hashing {
	if param == nil {
		return nil
	}
	for i := range param.Len() {
		rdata := param.RData(i)
		if rdata[0] == dns.SHA1 && rdata[1] == 0 {
			return &hashing{salt: rdata[5:], iterations: int(binary.BigEndian.Uint16(rdata[2:]))}
		}
	}
	return nil
}

// keyOf is the key of an RRset of the chain; ok is false for any other.
func (d *denial) keyOf(s *RRset) (key string, ok bool) {
	if d.hashed == nil {
		return string(sortKey(nil, []byte(s.Owner.Lower()))), s.Type == dns.TypeNSEC
	}
	if s.Type != dns.TypeNSEC3 || !d.hashed.made(s.RData(0)) {
		return "", false
	}
	hash, err := base32.HexEncoding.DecodeString(strings.ToUpper(string(s.Owner[1 : 1+s.Owner[0]])))
	return string(hash), err == nil && len(hash) == sha1.Size
}

// made says whether the rdata of an NSEC3 is of this hashing.
func (h *hashing) made(rdata []byte) bool {
	salt := rdata[5 : 5+int(rdata[4])]
	return rdata[0] == dns.SHA1 && int(binary.BigEndian.Uint16(rdata[2:])) == h.iterations && string(salt) == string(h.salt)
}

// cover is the RRset of the chain that matches the name (in lower case), or else the one that covers it.
func (d *denial) cover(name []byte) (set *RRset, matches bool) {
	if d.hashed != nil {
		hash := d.hashed.of(name)
		return d.find(hash[:])
	}
	var buf [2 * maxName]byte
	return d.find(sortKey(buf[:0], name))
}

// find is the RRset with the key, or else the one before it: before the first that is the last (RFC 5155 section 3.1.7).
func (d *denial) find(key []byte) (set *RRset, matches bool) {
	after := sort.Search(len(d.links), func(i int) bool { return d.links[i].key > string(key) })
	if after == 0 {
		after = len(d.links)
	}
	link := d.links[after-1]
	return link.set, link.key == string(key)
}

// of is the hash of a name in lower case.
func (h *hashing) of(name []byte) (hash [sha1.Size]byte) {
	var buf [2 * maxName]byte
	hash = sha1.Sum(append(append(buf[:0], name...), h.salt...))
	for range h.iterations {
		hash = sha1.Sum(append(append(buf[:0], hash[:]...), h.salt...))
	}
	return hash
}

// sortKey appends a key of the name, which must be in lower case, that sorts as RFC 4034 section 6.1 sorts names: the
// labels from the root downwards, each with a 0 behind it, and with the octets 0 and 1 in them written as 1 1 and 1 2.
func sortKey(key, name []byte) []byte {
	var starts [maxName / 2]uint8
	count := 0
	for at := 0; name[at] != 0; at += 1 + int(name[at]) {
		starts[count] = uint8(at)
		count++
	}
	for count > 0 {
		count--
		at := int(starts[count])
		for _, c := range name[at+1 : at+1+int(name[at])] {
			if c < 2 {
				key = append(key, 1)
				c++
			}
			key = append(key, c)
		}
		key = append(key, 0)
	}
	return key
}
