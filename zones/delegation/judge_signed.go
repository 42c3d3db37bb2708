package delegation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// keys are the keys of the zone, of the first server that has any.
func (f *Facts) keys() (keys []*dns.DNSKEY, by *Server) {
	for i := range f.Servers {
		for _, rr := range f.Servers[i].answer(askDNSKEY, dns.TypeDNSKEY) {
			keys = append(keys, rr.(*dns.DNSKEY))
		}
		if len(keys) > 0 {
			return keys, &f.Servers[i]
		}
	}
	return nil, nil
}

// entries are the keys that validators may enter the zone by: those with the SEP flag, or all if none has it, and
// none that is revoked.
func (f *Facts) entries() []*dns.DNSKEY {
	keys, _ := f.keys()
	keys = slices.DeleteFunc(keys, func(k *dns.DNSKEY) bool { return k.Flags&dns.ZONE == 0 || k.Flags&dns.REVOKE != 0 })
	if slices.ContainsFunc(keys, func(k *dns.DNSKEY) bool { return k.Flags&dns.SEP != 0 }) {
		keys = slices.DeleteFunc(keys, func(k *dns.DNSKEY) bool { return k.Flags&dns.SEP == 0 })
	}
	return keys
}

// signed judges what the parent and the servers say of the keys (RFC 4035 section 2.4, RFC 6840 section 5.11).
//
//	parent's DS     zone's keys                                 finding
//	none            none                                        ok: unsigned
//	none            some                                        note: the DS that the parent can publish is told
//	some            none                                        error: bogus
//	some            none of them has a key                      error: bogus
//	some            one without a key of its own                warning
//	some            no key of them signs the DNSKEY set now     error: bogus
func (j *judgement) signed() {
	j.agree(RuleDNSKEY, "keys (DNSKEY)", "serve the same zone everywhere", func(s *Server) string { return keysOf(s, j.Zone) })
	keys, by := j.keys()
	ds := j.Parent.DS
	if j.soa() == nil {
		return // nobody to know it from
	}
	switch {
	case len(ds) == 0 && len(keys) == 0:
		j.find(OK, RuleDS, "the zone is unsigned, and the parent has no DS", "")
		return
	case len(ds) == 0:
		j.find(Note, RuleDS, "the zone is signed, and the parent has no DS: nobody validates it yet", "")
	case len(keys) == 0:
		j.find(Error, RuleDS, "the parent has a DS, and the zone no DNSKEY: validators refuse all answers", "have the DS removed, or sign the zone")
		return
	default:
		keys = j.matching(keys)
	}
	if len(keys) > 0 {
		j.signature(keys, by)
	}
	j.cds()
}

// matching are the keys that the DS records of the parent stand for.
func (j *judgement) matching(keys []*dns.DNSKEY) []*dns.DNSKEY {
	var matched []*dns.DNSKEY
	var stray []string
	for _, ds := range j.Parent.DS {
		at := slices.IndexFunc(keys, func(k *dns.DNSKEY) bool {
			own := k.ToDS(ds.DigestType)
			return own != nil && own.KeyTag == ds.KeyTag && own.Algorithm == ds.Algorithm && strings.EqualFold(own.Digest, ds.Digest)
		})
		if at < 0 {
			stray = append(stray, fmt.Sprint(ds.KeyTag))
		} else {
			matched = append(matched, keys[at])
		}
	}
	switch {
	case len(matched) == 0:
		j.find(Error, RuleDS, fmt.Sprintf("no key of the zone has a DS at the parent (it has %s): validators refuse all answers", list(stray)), "have the parent publish the DS below")
	case len(stray) > 0:
		j.find(Warning, RuleDS, fmt.Sprintf("the parent has a DS for no key of the zone: %s", list(stray)), "have it removed, unless a key is being replaced")
	}
	j.fine(RuleDS, "each DS of the parent stands for a key of the zone")
	return matched
}

// soon is when a signature that ends is warned about, as Zonemaster has it.
const soon = 12 * time.Hour

// signature judges whether one of the keys signs the DNSKEY set at the time of the facts, and for a while.
func (j *judgement) signature(keys []*dns.DNSKEY, by *Server) {
	why := "none by these keys"
	for _, rr := range by.answer(askDNSKEY, dns.TypeRRSIG) {
		sig := rr.(*dns.RRSIG)
		for _, key := range keys {
			if sig.TypeCovered != dns.TypeDNSKEY || sig.KeyTag != key.KeyTag() || sig.Algorithm != key.Algorithm {
				continue
			}
			switch err := sig.Verify(key, by.answer(askDNSKEY, dns.TypeDNSKEY)); {
			case err != nil:
				why = "it is wrong"
			case !sig.ValidityPeriod(j.Now):
				why = fmt.Sprintf("it holds from %s to %s (UTC)", dns.TimeToString(sig.Inception), dns.TimeToString(sig.Expiration))
			case !sig.ValidityPeriod(j.Now.Add(soon)):
				j.find(Warning, RuleSignature, fmt.Sprintf("the signature of the DNSKEY set ends at %s (UTC), in less than %s", dns.TimeToString(sig.Expiration), soon), "sign the zone anew")
				return
			default:
				j.find(OK, RuleSignature, fmt.Sprintf("key %d signs the DNSKEY set until %s (UTC)", key.KeyTag(), dns.TimeToString(sig.Expiration)), "")
				return
			}
		}
	}
	j.find(Error, RuleSignature, "no signature of the DNSKEY set can be validated: "+why, "sign the zone anew")
}

// cds judges what the zone asks the parent to publish (RFC 7344, RFC 8078).
//
//	CDS                           finding
//	the one that asks to remove   note
//	for no key of the zone        warning: a parent that reads them takes none of them
//	for keys of the zone          note
func (j *judgement) cds() {
	keys, _ := j.keys()
	for i := range j.Servers {
		records := j.Servers[i].answer(askCDS, dns.TypeCDS)
		if len(records) == 0 {
			continue
		}
		for _, rr := range records {
			cds := rr.(*dns.CDS)
			known := slices.ContainsFunc(keys, func(k *dns.DNSKEY) bool {
				own := k.ToDS(cds.DigestType)
				return own != nil && own.KeyTag == cds.KeyTag && strings.EqualFold(own.Digest, cds.Digest)
			})
			switch {
			case cds.Algorithm == 0:
				j.find(Note, RuleCDS, "the zone asks by CDS for its DS to be removed", "")
			case !known:
				j.find(Warning, RuleCDS, fmt.Sprintf("the CDS with key tag %d is of no key of the zone", cds.KeyTag), "take it from the zone, or add its key")
			default:
				j.find(Note, RuleCDS, fmt.Sprintf("the zone asks by CDS for a DS of key %d: a parent that looks takes it by itself", cds.KeyTag), "")
			}
		}
		return
	}
}

// keysOf is the key tags that a server gives, "" if it does not give the zone.
func keysOf(s *Server, zone string) string {
	if s.soa(zone) == nil || s.Replies[askDNSKEY].Msg == nil {
		return ""
	}
	tags := []string{}
	for _, rr := range s.answer(askDNSKEY, dns.TypeDNSKEY) {
		tags = append(tags, fmt.Sprint(rr.(*dns.DNSKEY).KeyTag()))
	}
	if len(tags) == 0 {
		return "none"
	}
	slices.Sort(tags)
	if len(s.answer(askDNSKEY, dns.TypeRRSIG)) == 0 {
		return list(tags) + " without signatures"
	}
	return list(tags)
}
