package transfer

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// Listed is a zone that a catalog is to list.
type Listed struct {
	Origin  zones.Name
	Version string // stands with it, for nodes that follow; "": nothing does
}

// Catalog makes the catalog zone of the members (RFC 9432), hidden, as nobody but secondaries asks for one. Before is the
// version in service, or nil: when it lists the same, it is the result. The serial is one more than before if the one
// given is not ahead of that.
//
// Each member has a label that follows from its name alone, so that a secondary never takes it for one that begins anew.
func Catalog(origin zones.Name, members []Listed, before *zones.Zone, serial uint32, now time.Time) (*zones.Zone, error) {
	if before != nil && !zones.Ahead(serial, before.Serial()) {
		serial = before.Serial() + 1
	}
	z, err := catalogOf(origin, members, serial)
	if err != nil {
		return nil, err
	}
	if before != nil && before.Digest() == z.Digest() {
		return before, nil
	}
	return z.WithHidden(true).After(before, now), nil
}

// catalogOf is the catalog with a serial. Its SOA and NS are those of RFC 9432 section 4.1 and appendix A.
func catalogOf(origin zones.Name, members []Listed, serial uint32) (*zones.Zone, error) {
	const ttl = 0
	header := func(owner string, t uint16) dns.RR_Header {
		return dns.RR_Header{Name: owner, Rrtype: t, Class: dns.ClassINET, Ttl: ttl}
	}
	apex := origin.String()
	below := "." + strings.TrimPrefix(apex, ".")
	records := []dns.RR{
		&dns.SOA{Hdr: header(apex, dns.TypeSOA), Ns: "invalid.", Mbox: "invalid.", Serial: serial,
			Refresh: 3600, Retry: 600, Expire: 1<<31 - 2, Minttl: 0},
		&dns.NS{Hdr: header(apex, dns.TypeNS), Ns: "invalid."},
		&dns.TXT{Hdr: header("version"+below, dns.TypeTXT), Txt: []string{"2"}},
	}
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Listed) int { return strings.Compare(string(a.Origin), string(b.Origin)) })
	for _, m := range slices.Compact(members) {
		if m.Origin.Lower() == origin.Lower() {
			return nil, fmt.Errorf("catalog %s: it cannot list itself", origin.Bare())
		}
		at := labelOf(m.Origin) + ".zones" + below
		records = append(records, &dns.PTR{Hdr: header(at, dns.TypePTR), Ptr: m.Origin.Lower().String()})
		if m.Version != "" {
			records = append(records, &dns.TXT{Hdr: header("version.ext."+at, dns.TypeTXT), Txt: []string{m.Version}})
		}
	}
	a := zones.Assemble(origin)
	for _, rr := range records {
		if err := a.Add(rr); err != nil {
			return nil, fmt.Errorf("catalog %s: %w", origin.Bare(), err)
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", origin.Bare(), err)
	}
	return z, nil
}

// labelOf is the label of a member: 128 bits of the SHA-256 of its name.
func labelOf(member zones.Name) string {
	sum := sha256.Sum256([]byte(member.Lower()))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
