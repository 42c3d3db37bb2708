package lint

import (
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// apex looks at the SOA and the NS records of the zone.
func (c *check) apex() {
	for _, s := range c.draft.Sets() {
		if s.Owner.Lower() != c.zone.Origin() {
			continue
		}
		switch s.Type {
		case dns.TypeNS:
			if s.Len() == 1 {
				c.say(rule{"single-ns", Warning, "when it fails the zone is gone (RFC 1034 section 4.1), and most registries want two",
					"add a second name server, in another network"}, s, 0, "a single NS record")
			}
		case dns.TypeSOA:
			records(s, func(_ int, soa *dns.SOA) {
				c.soaNames(s, soa)
				c.soaTimers(s, soa)
			})
		case dns.TypeCDS, dns.TypeCDNSKEY:
			c.childKeys(s)
		}
	}
}

func (c *check) soaNames(s *zones.RRset, soa *dns.SOA) {
	if primary, err := zones.ParseName(soa.Ns); err == nil && c.inside(primary) {
		if f := c.fate(primary); f.kind != found && f.kind != delegated {
			c.say(rule{"soa-primary", Warning, "what asks for the primary, as dynamic update does, does not find it",
				"name the primary, or any server of the zone"}, s, 0, "the primary of the SOA, %s, %s", c.draft.Relative(primary), f)
		}
	}
	box, err := zones.ParseName(soa.Mbox)
	if err != nil || box == zones.Root {
		return
	}
	if label := string(box[1 : 1+box[0]]); strings.Contains(label, "@") {
		c.say(rule{"soa-mailbox", Error, "its first dot stands for the @ (RFC 1035 section 8): Knot refuses a bare one",
			"write hostmaster.example.com. for hostmaster@example.com"}, s, 0, "an @ in the mailbox of the SOA")
	}
}

// soaTimers holds the timers against custom: RFC 1912 section 2.2, RIPE-203 and RFC 2308 section 5, with room on both
// sides. In seconds.
//
//	timer      from       to
//	refresh    1200       86400 (a day)
//	retry      60         refresh
//	expire     604800     3600000 (RIPE-203), and more than refresh + retry
//	minimum    1          86400 (RFC 2308)
func (c *check) soaTimers(s *zones.RRset, soa *dns.SOA) {
	say := func(why, do, what string, args ...any) {
		c.say(rule{"soa-timers", Warning, why, do}, s, 0, what, args...)
	}
	const (
		secondaries = "secondaries go by it: too short loads the primary, too long serves old data when a NOTIFY is lost"
		expiring    = "for so long secondaries answer without their primary: too short and a long outage takes the zone away"
		negative    = "for so long resolvers remember that a name does not exist: a new name stays unseen, or every question is asked again"
	)
	switch {
	case soa.Refresh < 1200 || soa.Refresh > 86400:
		say(secondaries, "set refresh to an hour or some", "the SOA's refresh is %d s; custom is 1200 to 86400", soa.Refresh)
	case soa.Retry < 60 || soa.Retry >= soa.Refresh:
		say(secondaries, "set retry to a fraction of refresh", "the SOA's retry is %d s; custom is 60 to less than refresh, %d", soa.Retry, soa.Refresh)
	case soa.Expire < 604800 || soa.Expire > 3600000 || soa.Expire <= soa.Refresh+soa.Retry:
		say(expiring, "set expire to two weeks or some", "the SOA's expire is %d s; custom is 604800 to 3600000, and more than refresh and retry", soa.Expire)
	case soa.Minttl < 1 || soa.Minttl > 86400:
		say(negative, "set it to an hour or less", "the SOA's minimum is %d s; custom is 1 to 86400", soa.Minttl)
	}
	if soa.Serial == 0 {
		c.say(rule{"soa-serial", Warning, "some secondaries take the serial 0 for none", "use the date with two digits, 2026013101, or count from 1"},
			s, 0, "the SOA's serial is 0")
	}
}

// childKeys holds CDS and CDNSKEY against the keys of the zone (RFC 7344 section 4.1, RFC 8078 section 4): the parent will
// publish what they say.
func (c *check) childKeys(s *zones.RRset) {
	keys := c.at(s.Owner, dns.TypeDNSKEY)
	for i := range s.Len() {
		if rr := record(s, i); rr == nil || s.Len() == 1 && isDelete(rr) || keyMatches(rr, keys) {
			continue
		}
		c.say(rule{"child-key", Error, "the parent would publish a DS that no key of the zone fits, and validators would refuse it all: BIND refuses the zone",
			"make CDS and CDNSKEY from the DNSKEY records, or take them out"}, s, i, "%s of a key that is no DNSKEY of the zone", typeName(s.Type))
	}
}

func isDelete(rr dns.RR) bool {
	switch r := rr.(type) {
	case *dns.CDS:
		return r.Algorithm == 0
	case *dns.CDNSKEY:
		return r.Algorithm == 0
	default:
		return false
	}
}

// keyMatches says whether a CDS or CDNSKEY is of one of the keys.
func keyMatches(rr dns.RR, keys *zones.RRset) bool {
	if keys == nil {
		return false
	}
	matches := false
	records(keys, func(_ int, key *dns.DNSKEY) {
		switch r := rr.(type) {
		case *dns.CDNSKEY:
			matches = matches || r.DNSKEY == *withHeader(key, r.Hdr)
		case *dns.CDS:
			ds := key.ToDS(r.DigestType)
			matches = matches || ds != nil && ds.KeyTag == r.KeyTag && ds.Algorithm == r.Algorithm && strings.EqualFold(ds.Digest, r.Digest)
		}
	})
	return matches
}

func withHeader(key *dns.DNSKEY, h dns.RR_Header) *dns.DNSKEY {
	k := *key
	k.Hdr = h
	return &k
}
