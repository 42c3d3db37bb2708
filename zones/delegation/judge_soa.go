package delegation

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// custom is one registry's bound on a field of the SOA record, in seconds.
type custom struct {
	who     string
	field   string
	value   func(*dns.SOA) uint32
	from    func(*dns.SOA) uint32
	to      func(*dns.SOA) uint32
	because string
}

// customs are the bounds of large registries on the timers of the SOA record.
//
//	field      DENIC (DENIC-23)           AFNIC, .se (Zonemaster)   SIDN (.nl)
//	refresh    3600 to 86400              14400 or more
//	retry      900 to 28800, and 1/8 to   3600 or more, and less    up to the refresh
//	           1/3 of the refresh         than the refresh
//	expire     604800 to 3600000          604800 or more, and the   604800 to 3456000, and
//	                                      refresh or more           7 times the refresh
//	minimum    180 to 86400               300 to 86400
//
// 14400, 3600, 1209600, 3600 keeps them all, and is within RFC 1912 section 2.2 (expire 2 to 4 weeks) and RFC 2308
// section 5 (minimum 1 to 3 hours).
func customs() []custom {
	refresh := func(soa *dns.SOA) uint32 { return soa.Refresh }
	retry := func(soa *dns.SOA) uint32 { return soa.Retry }
	expire := func(soa *dns.SOA) uint32 { return soa.Expire }
	minimum := func(soa *dns.SOA) uint32 { return soa.Minttl }
	fixed := func(v uint32) func(*dns.SOA) uint32 { return func(*dns.SOA) uint32 { return v } }
	const denic, zonemaster, sidn = "DENIC", "AFNIC and .se (Zonemaster)", "SIDN"
	none, any := fixed(0), fixed(1<<32-1)
	return []custom{
		{denic, "refresh", refresh, fixed(3600), fixed(86400), ""},
		{zonemaster, "refresh", refresh, fixed(14400), any, ""},
		{denic, "retry", retry, fixed(900), fixed(28800), ""},
		{denic, "retry", retry, func(s *dns.SOA) uint32 { return s.Refresh / 8 }, func(s *dns.SOA) uint32 { return s.Refresh / 3 }, ", 1/8 to 1/3 of the refresh"},
		{zonemaster, "retry", retry, fixed(3600), any, ""},
		{zonemaster, "retry", retry, none, func(s *dns.SOA) uint32 { return max(s.Refresh, 1) - 1 }, ", less than the refresh"},
		{sidn, "retry", retry, none, refresh, ", up to the refresh"},
		{denic, "expire", expire, fixed(604800), fixed(3600000), ""},
		{zonemaster, "expire", expire, fixed(604800), any, ""},
		{zonemaster, "expire", expire, refresh, any, ", the refresh or more"},
		{sidn, "expire", expire, fixed(604800), fixed(3456000), ""},
		{sidn, "expire", expire, func(s *dns.SOA) uint32 { return min(s.Refresh, 1<<29) * 7 }, any, ", 7 times the refresh"},
		{denic, "minimum", minimum, fixed(180), fixed(86400), ""},
		{zonemaster, "minimum", minimum, fixed(300), fixed(86400), ""},
	}
}

// timers holds the SOA record against the customs: each that it breaks is a warning.
func (j *judgement) timers() {
	soa := j.soa()
	if soa == nil {
		return
	}
	for _, c := range customs() {
		value, from, to := c.value(soa), c.from(soa), c.to(soa)
		if from <= value && value <= to {
			continue
		}
		bounds := fmt.Sprintf("%d to %d", from, to)
		if to == 1<<32-1 {
			bounds = fmt.Sprintf("%d or more", from)
		}
		j.find(Warning, RuleTimers, fmt.Sprintf("SOA %s %d: %s wants %s%s", c.field, value, c.who, bounds, c.because), "14400 3600 1209600 3600 (refresh, retry, expire, minimum) suits all")
	}
	j.fine(RuleTimers, "refresh %d, retry %d, expire %d, minimum %d: as DENIC, AFNIC, .se and SIDN want", soa.Refresh, soa.Retry, soa.Expire, soa.Minttl)
}

// soa is the SOA record of the first server that gives one.
func (f *Facts) soa() *dns.SOA {
	for i := range f.Servers {
		if soa := f.Servers[i].soa(f.Zone); soa != nil {
			return soa
		}
	}
	return nil
}

// lowTTL is the least TTL of NS records that SIDN takes, in seconds.
const lowTTL = 3600

// origin judges what the SOA record names, and the TTL of the NS records.
//
//	MNAME no hostname (RFC 1035 section 3.3.13)      error
//	MNAME no name server of the zone                 note: a hidden primary
//	RNAME the root, or of one label                  error: no mailbox
//	RNAME with @                                     error: the first dot stands for it
//	RNAME no mailbox name                            warning
//	NS with a TTL under an hour                      warning: SIDN
func (j *judgement) origin() {
	soa := j.soa()
	if soa == nil {
		return
	}
	primary := dns.CanonicalName(soa.Ns)
	if why := hostname(primary); why != "" {
		j.find(Error, RulePrimary, fmt.Sprintf("the primary in the SOA, %s, is no hostname: %s", bare(primary), why), "name the server that the zone comes from")
	} else if !strings.Contains("\n"+strings.Join(j.NS(), "\n")+"\n", "\n"+primary+"\n") {
		j.find(Note, RulePrimary, fmt.Sprintf("the primary in the SOA, %s, is no name server of the zone: right for a hidden primary", bare(primary)), "")
	}
	j.fine(RulePrimary, "the primary in the SOA is %s", bare(primary))
	j.mailbox(soa.Mbox)
	for i := range j.Servers {
		for _, rr := range j.Servers[i].answer(askNS, dns.TypeNS) {
			if ttl := rr.Header().Ttl; ttl < lowTTL {
				j.find(Warning, RuleTTL, fmt.Sprintf("the NS records have a TTL of %d: SIDN wants %d or more", ttl, lowTTL), "86400 or 172800 is usual")
				return
			}
		}
	}
	j.fine(RuleTTL, "the TTL of the NS records is %d or more", lowTTL)
}

func (j *judgement) mailbox(name string) {
	labels := dns.SplitDomainName(name)
	switch {
	case len(labels) < 2:
		j.find(Error, RuleMailbox, fmt.Sprintf("the mailbox in the SOA, %s, is none", name), "hostmaster.example.com stands for hostmaster@example.com")
	case strings.Contains(name, "@"):
		j.find(Error, RuleMailbox, fmt.Sprintf("the mailbox in the SOA, %s, has an @", name), "write a dot in its place; a dot before it as \\.")
	case hostname(strings.Join(labels[1:], ".")) != "":
		j.find(Warning, RuleMailbox, fmt.Sprintf("the mailbox in the SOA, %s, is at no hostname", name), "hostmaster.example.com stands for hostmaster@example.com")
	}
	if len(labels) > 1 {
		j.fine(RuleMailbox, "the mailbox in the SOA is %s@%s", strings.ReplaceAll(labels[0], `\.`, "."), strings.Join(labels[1:], "."))
	}
}
