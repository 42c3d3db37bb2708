package lint

import (
	"encoding/hex"
	"regexp/syntax"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// content looks at what stands in the records of one RRset.
func (c *check) content(s *zones.RRset) {
	switch s.Type {
	case dns.TypeDS:
		records(s, func(i int, ds *dns.DS) { c.digest(s, i, ds.DigestType, ds.Digest) })
	case dns.TypeSSHFP:
		records(s, func(i int, f *dns.SSHFP) { c.digest(s, i, f.Type, f.FingerPrint) })
	case dns.TypeZONEMD:
		records(s, func(i int, z *dns.ZONEMD) { c.digest(s, i, z.Hash, z.Digest) })
	case dns.TypeTLSA:
		records(s, func(i int, t *dns.TLSA) { c.digest(s, i, t.MatchingType, t.Certificate) })
	case dns.TypeCAA:
		records(s, func(i int, caa *dns.CAA) { c.caa(s, i, caa) })
	case dns.TypeNAPTR:
		records(s, func(i int, n *dns.NAPTR) { c.naptr(s, i, n) })
	case dns.TypeMX:
		c.mail(s)
	case dns.TypeSVCB, dns.TypeHTTPS:
		c.services(s)
	case dns.TypeSPF, dns.TypeTXT:
		c.spf(s)
	case dns.TypeDNSKEY:
		if s.Owner.Lower() != c.zone.Origin() {
			c.say(rule{"key-below", Warning, "validators look for keys at the apex of a zone only (RFC 4034 section 2)", "take it out"},
				s, 0, "DNSKEY below the apex")
		}
	case dns.TypeNULL:
		c.say(rule{"null", Error, "NULL is not for zone files (RFC 1035 section 3.3.10): Knot refuses the file", "use TXT, or a private type"},
			s, 0, "a NULL record")
	case dns.TypeNSEC3PARAM:
		records(s, func(i int, p *dns.NSEC3PARAM) { c.hashing(s, i, p) })
	}
}

// digestSize is the octets of a digest of a kind, 0 when the kind is not known.
func digestSize(t uint16, kind uint8) int {
	const sha1, sha256, sha384, sha512 = 20, 32, 48, 64
	sizes := map[uint16][5]int{ // by kind
		dns.TypeDS:     {0, sha1, sha256, 0, sha384},
		dns.TypeSSHFP:  {0, sha1, sha256},
		dns.TypeZONEMD: {0, sha384, sha512},
		dns.TypeTLSA:   {0, sha256, sha512},
	}[t]
	if int(kind) >= len(sizes) {
		return 0
	}
	return sizes[kind]
}

// digest holds a digest against the size of its kind.
func (c *check) digest(s *zones.RRset, i int, kind uint8, digest string) {
	of := rule{"digest", Error, "nothing can match it: BIND or Knot refuses the zone", "make the record anew, with the tool that makes it"}
	octets, err := hex.DecodeString(digest)
	switch want := digestSize(s.Type, kind); {
	case err != nil:
	case want > 0 && len(octets) != want:
		c.say(of, s, i, "%s with a digest of %d octets; one of kind %d has %d", typeName(s.Type), len(octets), kind, want)
	case want == 0 && s.Type == dns.TypeDS:
		c.say(of, s, i, "DS with a digest of kind %d, which validators do not know", kind)
	}
}

// caa looks at the tag: letters and digits, and known (RFC 8659 section 4).
func (c *check) caa(s *zones.RRset, i int, caa *dns.CAA) {
	if strings.Trim(strings.ToLower(caa.Tag), "abcdefghijklmnopqrstuvwxyz0123456789") != "" || caa.Tag == "" {
		c.say(rule{"caa-tag", Error, "a tag has letters and digits only (RFC 8659 section 4.1): BIND and NSD refuse the zone",
			"write issue, issuewild, issuemail, iodef, contactemail or contactphone"}, s, i, "CAA with the tag %q", caa.Tag)
		return
	}
	switch strings.ToLower(caa.Tag) {
	case "issue", "issuewild", "issuemail", "issuevmc", "iodef", "contactemail", "contactphone":
	default:
		c.say(rule{"caa-unknown", Warning, "authorities pass over tags that they do not know, or issue nothing if it is critical",
			"correct the tag"}, s, i, "CAA with the unknown tag %q", caa.Tag)
	}
}

// naptr looks at the substitution, which BIND reads too: DELIM EREGEXP DELIM REPLACEMENT DELIM FLAGS (RFC 3402 section 3.2).
func (c *check) naptr(s *zones.RRset, i int, n *dns.NAPTR) {
	if n.Regexp == "" {
		return
	}
	delimiter := n.Regexp[:1]
	parts := strings.Split(strings.ReplaceAll(n.Regexp[1:], `\`+delimiter, ""), delimiter)
	why := ""
	switch {
	case strings.Contains(`\i0123456789`, delimiter):
		why = "begins with what is no delimiter"
	case len(parts) != 3:
		why = "does not have its delimiter three times"
	case strings.Trim(parts[2], "i") != "":
		why = "has other flags than i"
	default:
		if _, err := syntax.Parse(parts[0], syntax.POSIX); err != nil {
			why = "is no regular expression"
		}
	}
	if why != "" {
		c.say(rule{"naptr", Error, "clients cannot apply it: BIND refuses the zone", `write "!REGEXP!REPLACEMENT!"`}, s, i, "NAPTR whose substitution %s", why)
	}
}

func (c *check) hashing(s *zones.RRset, i int, p *dns.NSEC3PARAM) {
	switch {
	case p.Hash != dns.SHA1:
		c.say(rule{"nsec3-hash", Error, "there is no other hash than 1, SHA-1 (RFC 5155 section 11): BIND refuses the zone", "sign the zone with hash 1"},
			s, i, "NSEC3PARAM with the hash %d", p.Hash)
	case p.Iterations > 0:
		c.say(rule{"nsec3-iterations", Warning, "they cost servers and resolvers time and hide nothing; resolvers take zones with many of them for unsigned (RFC 9276)",
			"sign the zone with 0 iterations and no salt"}, s, i, "NSEC3 with %d iterations, where 0 are best", p.Iterations)
	}
}
