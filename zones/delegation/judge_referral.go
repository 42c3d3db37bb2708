package delegation

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// referralSize is what a referral may have, in octets: so much does any resolver take over UDP (RFC 1035 section
// 4.2.1).
const referralSize = 512

// referral judges whether the parent's referral fits, for the longest name that can be asked.
//
//	NS, all addresses in the zone    NS, one A and one AAAA    finding
//	512 or less                      any                       ok
//	more                             512 or less               warning: truncated (RFC 9471), over TCP then
//	more                             more                      error: IANA's requirement for the root zone
func (j *judgement) referral() {
	if len(j.Delegated()) == 0 {
		return
	}
	full, least := j.referralOf(false), j.referralOf(true)
	do := "name the servers below one short name, or list fewer"
	switch {
	case full <= referralSize:
		j.find(OK, RuleReferral, fmt.Sprintf("the longest referral has %d octets, of %d", full, referralSize), "")
	case least <= referralSize:
		j.find(Warning, RuleReferral, fmt.Sprintf("a referral with all glue can have %d octets, more than %d: it is truncated for resolvers without EDNS", full, referralSize), do)
	default:
		j.find(Error, RuleReferral, fmt.Sprintf("a referral can have %d octets with the least of glue, more than %d", least, referralSize), do)
	}
}

// referralOf is the size of the parent's referral to the longest name below the zone: with all glue, or with one
// address of each family where all the servers of the family lie in the zone.
func (j *judgement) referralOf(least bool) int {
	m := new(dns.Msg).SetQuestion(longest(j.Zone), dns.TypeA)
	m.Compress = true
	outside := map[bool]bool{} // by whether it is IPv6: a server elsewhere has such an address
	for _, n := range j.Delegated() {
		m.Ns = append(m.Ns, &dns.NS{Hdr: dns.RR_Header{Name: j.Zone, Rrtype: dns.TypeNS, Class: dns.ClassINET}, Ns: n.Host})
		for _, addr := range n.Addrs {
			outside[addr.Is6()] = outside[addr.Is6()] || !j.Inside(n.Host)
		}
	}
	had := map[bool]bool{}
	for _, n := range j.Delegated() {
		for _, addr := range n.Addrs {
			if !j.Inside(n.Host) || least && (had[addr.Is6()] || outside[addr.Is6()]) {
				continue
			}
			had[addr.Is6()] = true
			hdr := dns.RR_Header{Name: n.Host, Rrtype: dns.TypeA, Class: dns.ClassINET}
			if addr.Is4() {
				m.Extra = append(m.Extra, &dns.A{Hdr: hdr, A: addr.AsSlice()})
				continue
			}
			hdr.Rrtype = dns.TypeAAAA
			m.Extra = append(m.Extra, &dns.AAAA{Hdr: hdr, AAAA: addr.AsSlice()})
		}
	}
	return m.Len()
}

// longest is a name of 255 octets at or below the zone, or nearly: a last octet may be left that makes no label.
func longest(zone string) string {
	name := zone
	if zone == "." {
		name = ""
	}
	for {
		octets := len(name) + 1
		if name == "" {
			octets = 1
		}
		room := min(maxNameOctets-octets-1, maxLabelOctets)
		if room < 1 {
			return dns.Fqdn(name)
		}
		name = strings.Repeat("x", room) + "." + name
	}
}
