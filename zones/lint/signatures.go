package lint

import (
	"runtime"
	"sync"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// soon is how long before its end a signature is warned of.
const soon = 3 * 24 * time.Hour

// verdict is what came of verifying the signatures of one RRset: why none is valid, or until when one is.
type verdict struct {
	why   string
	until time.Time
}

// signatures verifies that each RRset of the zone's own has a valid signature, and no other has one (RFC 4035 section 2.2).
//
//	RRset                          at a delegation     signature
//	any of the zone's own          -                   wanted
//	DS, NSEC                       yes                 wanted
//	NS, addresses                  yes, or below it    none
func (c *check) signatures() {
	var wanted []*zones.RRset
	for _, s := range c.draft.Sets() {
		at := own
		if s.Type != dns.TypeNSEC3 && s.Covers() != dns.TypeNSEC3 {
			at = c.standing(s.Owner)
		}
		switch secured := at == own || at == cut && (s.Type == dns.TypeDS || s.Type == dns.TypeNSEC); {
		case s.Type == dns.TypeRRSIG:
			c.stray(s, at)
		case secured:
			wanted = append(wanted, s)
		case s.Type == dns.TypeNSEC:
			c.say(rule{"nsec-below", Error, "it proves things of a zone that is another's: Knot refuses the zone", "sign the zone anew"},
				s, 0, "NSEC below a delegation")
		}
	}
	keys := c.keys()
	if len(keys) == 0 {
		c.add(rule{"no-key", Error, "nobody can verify the signatures", "sign the zone anew, with its keys"},
			Place{File: c.src.File, Name: "@", What: "the zone is signed and has no DNSKEY"})
		return
	}
	for i, v := range c.verdicts(wanted, keys) {
		switch s := wanted[i]; {
		case v.why != "":
			c.say(rule{"signature", Error, "validating resolvers answer SERVFAIL", "sign the zone anew"}, s, 0,
				"no valid signature over its %s: %s", typeName(s.Type), v.why)
		case v.until.Before(c.now.Add(soon)):
			c.say(rule{"signature-ends", Warning, "after that validating resolvers answer SERVFAIL", "sign the zone anew, and look why it was not done"},
				s, 0, "the signature over its %s ends at %s", typeName(s.Type), v.until.UTC().Format(time.DateTime))
		}
	}
}

// stray tells of signatures over what is not there, or is not the zone's to sign.
func (c *check) stray(s *zones.RRset, at standing) {
	secured := at == own || at == cut && (s.Covers() == dns.TypeDS || s.Covers() == dns.TypeNSEC)
	switch {
	case at == belowDNAME:
	case !secured:
		c.say(rule{"signature-stray", Error, "it is of what the zone may not sign: Knot refuses the zone", "sign the zone anew"},
			s, 0, "a signature over %s, which belongs to the delegated zone", typeName(s.Covers()))
	case !c.covers(s):
		c.say(rule{"signature-alone", Warning, "most likely something was taken out of the zone after it was signed", "sign the zone anew"},
			s, 0, "a signature over %s, which is not there", typeName(s.Covers()))
	}
}

func (c *check) covers(s *zones.RRset) bool {
	if s.Covers() == dns.TypeNSEC3 {
		return true // the chain knows
	}
	r := c.zone.Lookup([]byte(s.Owner.Lower()), s.Covers())
	return r.Kind == zones.Answer && !r.Wildcard || r.Kind == zones.CNAME && s.Covers() == dns.TypeCNAME ||
		r.Kind == zones.Referral && s.Covers() == dns.TypeNSEC
}

// keys are the zone keys, by their tags.
func (c *check) keys() map[uint16][]*dns.DNSKEY {
	keys := map[uint16][]*dns.DNSKEY{}
	if s := c.at(c.zone.Origin(), dns.TypeDNSKEY); s != nil {
		records(s, func(_ int, k *dns.DNSKEY) {
			if k.Flags&dns.ZONE != 0 {
				keys[k.KeyTag()] = append(keys[k.KeyTag()], k)
			}
		})
	}
	return keys
}

// verdicts verifies on all cores.
func (c *check) verdicts(sets []*zones.RRset, keys map[uint16][]*dns.DNSKEY) []verdict {
	found := make([]verdict, len(sets))
	work := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range work {
				found[i] = verify(sets[i], keys, c.zone.Origin(), c.now)
			}
		})
	}
	for i := range sets {
		work <- i
	}
	close(work)
	workers.Wait()
	return found
}

// verify finds a valid signature over an RRset (RFC 4035 section 5.3). That over the keys must be made with one that says
// it may (the SEP flag), as a DS leads to it.
//
//	signature                          says
//	none                               it has none
//	of another zone                    of another zone
//	with none of the keys              by a key that the zone does not have
//	out of its time                    from or until when
//	over other data                    over other data
func verify(s *zones.RRset, keys map[uint16][]*dns.DNSKEY, origin zones.Name, now time.Time) (v verdict) {
	if s.Signatures() == nil {
		return verdict{why: "it has none"}
	}
	var rrs []dns.RR
	for i := range s.Len() {
		rrs = append(rrs, record(s, i))
	}
	v.why = "it cannot be read"
	records(s.Signatures(), func(_ int, sig *dns.RRSIG) {
		why := ""
		begins, ends := times(sig, now)
		signer, err := zones.ParseName(sig.SignerName)
		candidates := keys[sig.KeyTag]
		switch {
		case err != nil || signer.Lower() != origin:
			why = "it is of another zone, " + sig.SignerName
		case len(candidates) == 0:
			why = "it is by a key that the zone does not have"
		case now.Before(begins):
			why = "it begins at " + begins.UTC().Format(time.DateTime)
		case now.After(ends):
			why = "it ended at " + ends.UTC().Format(time.DateTime)
		default:
			why = madeBy(sig, candidates, rrs)
		}
		if why == "" && (v.why != "" || ends.After(v.until)) {
			v = verdict{until: ends}
		} else if why != "" && v.until.IsZero() {
			v.why = why
		}
	})
	return v
}

func madeBy(sig *dns.RRSIG, keys []*dns.DNSKEY, rrs []dns.RR) (why string) {
	why = "it is over other data, or by another key"
	for _, k := range keys {
		switch err := sig.Verify(k, rrs); {
		case err == nil && (sig.TypeCovered != dns.TypeDNSKEY || k.Flags&dns.SEP != 0):
			return ""
		case err == nil:
			why = "no key with the SEP flag has made it"
		}
	}
	return why
}

// times are the ends of a signature's time, which are counted round 2^32 seconds (RFC 4034 section 3.1.5).
func times(sig *dns.RRSIG, now time.Time) (begins, ends time.Time) {
	near := func(t uint32) time.Time {
		return now.Add(time.Duration(int32(t-uint32(now.Unix()))) * time.Second).Truncate(time.Second)
	}
	return near(sig.Inception), near(sig.Expiration)
}

// leftovers tells of signatures in a zone that is served without, because its SOA has none.
func (c *check) leftovers() {
	for _, s := range c.draft.Sets() {
		if s.Type == dns.TypeRRSIG {
			c.say(rule{"half-signed", Warning, "the zone is served as one that is not signed: validating resolvers answer SERVFAIL if its parent has a DS",
				"sign the zone anew, or take all signatures out"}, s, 0, "a signature over its %s, and none over the SOA of the zone", typeName(s.Covers()))
		}
	}
}
