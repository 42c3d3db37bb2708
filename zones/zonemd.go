package zones

import (
	"bytes"
	"cmp"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// The fields of a ZONEMD record (RFC 8976 section 2.2) before its digest.
const (
	zonemdHeader = 4 + 1 + 1
	simpleScheme = 1
)

// zonemdHash is the hash that a ZONEMD record is made with, or nil when it is not known here (RFC 8976 section 5.3).
func zonemdHash(scheme, algorithm byte) hash.Hash {
	switch {
	case scheme == simpleScheme && algorithm == 1:
		return sha512.New384()
	case scheme == simpleScheme && algorithm == 2:
		return sha512.New()
	default:
		return nil
	}
}

// verify holds the zone against the digests at its apex (RFC 8976 section 4). What it has to say is a warning, when
// nothing can be told, or an error.
//
//	ZONEMD at the apex                                          verdict
//	none                                                        good
//	one of a known kind has the serial and the digest           good
//	without signature, the zone having a DNSKEY                 warning
//	none of a known kind                                        warning
//	any other                                                   refused
//
// A signer signs the ZONEMD of a zone with its keys (RFC 8976 section 3.4). Where that signature is gone, signatures
// were taken out of the zone, and they were digested: no such zone can match, and it is no forgery that this shows.
// Whether the signature is valid is for a validator to say: without one the digest guards against accidents only.
func (t *text) verify() (warning string, err error) {
	if !t.sealed {
		return "", nil
	}
	set := t.atApex(dns.TypeZONEMD)
	if set.Signatures() == nil && t.atApex(dns.TypeDNSKEY) != nil {
		return "ZONEMD cannot be verified: the zone has keys, and yet no signature covers it, so that signatures were taken out " +
			"of the zone after the digest was made", nil
	}
	var wrong []string
	for i := range set.Len() {
		reason, known := t.mismatch(set, i)
		switch {
		case known && reason == "":
			return "", nil
		case known:
			wrong = append(wrong, reason)
		}
	}
	if len(wrong) == 0 {
		return "ZONEMD cannot be verified: its scheme or its hash is none known here (SIMPLE with SHA-384 or SHA-512)", nil
	}
	return "", fmt.Errorf("%s: make the digest anew, or take the ZONEMD out", strings.Join(wrong, "; "))
}

// mismatch says why one ZONEMD record is not that of the zone; known is false when that cannot be told.
func (t *text) mismatch(set *RRset, i int) (reason string, known bool) {
	rdata := set.RData(i)
	if len(rdata) < zonemdHeader {
		return "ZONEMD: it ends too early", true
	}
	scheme, algorithm, digest := rdata[4], rdata[5], rdata[zonemdHeader:]
	sum := zonemdHash(scheme, algorithm)
	if sum == nil {
		return "", false
	}
	for other := range set.Len() {
		if r := set.RData(other); other != i && len(r) > 5 && r[4] == scheme && r[5] == algorithm {
			return "ZONEMD: two records of one scheme and hash", true
		}
	}
	if serial := binary.BigEndian.Uint32(rdata); serial != t.serial {
		return fmt.Sprintf("ZONEMD: it is of serial %d, the zone has %d", serial, t.serial), true
	}
	if got := t.simple(sum); !bytes.Equal(got, digest) {
		return fmt.Sprintf("ZONEMD: the zone has the digest %s, the record says %s", brief(got), brief(digest)), true
	}
	return "", true
}

// brief is the beginning of a digest, for people.
func brief(digest []byte) string {
	const most = 8
	if len(digest) <= most {
		return hex.EncodeToString(digest)
	}
	return hex.EncodeToString(digest[:most]) + "..."
}

// simple is the digest of all records in canonical order, but for the ZONEMD at the apex and its signature (RFC 8976
// section 3.3).
func (t *text) simple(sum hash.Hash) []byte {
	type entry struct {
		key string
		set *RRset
	}
	entries := make([]entry, 0, len(t.sets))
	for _, s := range t.sets {
		owner := s.Owner.Lower()
		if owner == t.origin && (s.Type == dns.TypeZONEMD || s.Covers() == dns.TypeZONEMD) {
			continue
		}
		entries = append(entries, entry{string(sortKey(nil, []byte(owner))), s})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.set.Type, b.set.Type), cmp.Compare(a.set.Covers(), b.set.Covers()))
	})
	var record []byte
	for _, e := range entries {
		owner := e.set.Owner.Lower()
		for _, rdata := range e.set.canonical() {
			record = append(record[:0], owner...)
			record = binary.BigEndian.AppendUint16(record, e.set.Type)
			record = binary.BigEndian.AppendUint16(record, dns.ClassINET)
			record = binary.BigEndian.AppendUint32(record, e.set.TTL)
			record = binary.BigEndian.AppendUint16(record, uint16(len(rdata)))
			sum.Write(append(record, rdata...)) // a hash takes every write
		}
	}
	return sum.Sum(nil)
}

// canonical is the rdata of all records in canonical form and order (RFC 4034 sections 6.2 and 6.3).
func (s *RRset) canonical() [][]byte {
	list := make([][]byte, 0, s.Len())
	for rdata := range s.All() {
		list = append(list, canonicalForm(s.Type, rdata))
	}
	slices.SortFunc(list, bytes.Compare)
	return list
}
