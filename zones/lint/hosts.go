package lint

import (
	"net/netip"

	"github.com/miekg/dns"

	"leeward/zones"
)

// longTTL is a week, in seconds.
const longTTL = 7 * 86400

// ttl looks for TTLs that are hardly meant. Signatures have that of what they cover.
func (c *check) ttl(s *zones.RRset) {
	switch {
	case s.Type == dns.TypeRRSIG, s.Type == dns.TypeNSEC3PARAM, s.Type == dns.TypeCDS, s.Type == dns.TypeCDNSKEY:
	case s.TTL == 0:
		c.say(rule{"ttl-zero", Warning, "every question comes here, and some resolvers drop such answers",
			"set a TTL of a few seconds at least"}, s, 0, "the TTL of its %s is 0", typeName(s.Type))
	case s.TTL > longTTL:
		c.say(rule{"ttl-long", Warning, "a mistake stays with resolvers for as long, and many cap it anyway (RFC 8767)",
			"set a TTL of a day or less"}, s, 0, "the TTL of its %s is %d s, more than a week", typeName(s.Type), s.TTL)
	}
}

// hosts looks at names that are host names and at their addresses.
func (c *check) hosts(s *zones.RRset) {
	odd := rule{"host-name", Warning, "a host name has letters, digits and hyphens only (RFC 1123 section 2.1): mail servers, browsers and certificates refuse others",
		"use another name, if hosts are to be reached by it"}
	switch s.Type {
	case dns.TypeA, dns.TypeAAAA:
		if !isHost(s.Owner) {
			c.say(odd, s, 0, "%s at what is no host name", typeName(s.Type))
		}
		c.addresses(s)
	case dns.TypeNS, dns.TypeMX:
		for i := range s.Len() {
			if to := target(s, i); !isHost(to) {
				c.say(odd, s, i, "the target %s of its %s is no host name", c.draft.Relative(to), typeName(s.Type))
			}
		}
	}
}

// isHost says whether a name is one of a host (RFC 952, RFC 1123 section 2.1). Its first label may be *.
func isHost(n zones.Name) bool {
	for first := true; n[0] != 0; first = false {
		label := n[1 : 1+n[0]]
		n = n[1+n[0]:]
		if first && label == "*" {
			continue
		}
		for i := range len(label) {
			c := label[i]
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
			if !letter && (c != '-' || i == 0 || i == len(label)-1) {
				return false
			}
		}
	}
	return true
}

func (c *check) addresses(s *zones.RRset) {
	for i := range s.Len() {
		addr, _ := netip.AddrFromSlice(s.RData(i)) // 4 or 16 octets, checked when it was read
		what := ""
		switch {
		case addr.Is4In6():
			what = "is an IPv4 address in the dress of IPv6"
		case addr.IsUnspecified():
			what = "stands for no address"
		case addr.IsMulticast():
			what = "is a multicast address"
		case addr.Is6() && addr.IsLinkLocalUnicast():
			what = "holds on one link only"
		default:
			continue
		}
		c.say(rule{"odd-address", Warning, "no client reaches a host by it", "give the host's own address"}, s, i, "%s %s", addr, what)
	}
}
