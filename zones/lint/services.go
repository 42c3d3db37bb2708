package lint

import (
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// services looks at SVCB and HTTPS records (RFC 9460 sections 2.4, 7.1 and 8).
func (c *check) services(s *zones.RRset) {
	aliases := 0
	each := func(i int, svcb *dns.SVCB) {
		keys := map[dns.SVCBKey]dns.SVCBKeyValue{}
		for _, p := range svcb.Value {
			keys[p.Key()] = p
		}
		if svcb.Priority == 0 {
			aliases++
			if len(svcb.Value) > 0 {
				c.say(rule{"svcb-alias", Warning, "an alias (priority 0) has no parameters: clients pass over them (RFC 9460 section 2.4.2)",
					"take them out, or set a priority of 1 or more"}, s, i, "%s with priority 0 and parameters", typeName(s.Type))
			}
			if target(s, i).Lower() == s.Owner.Lower() {
				c.say(rule{"alias-loop", Warning, "whoever asks goes in circles and is answered nothing", "lead it to a name with data"},
					s, i, "the %s leads to itself", typeName(s.Type))
			}
			return
		}
		if _, none := keys[dns.SVCB_NO_DEFAULT_ALPN]; none && keys[dns.SVCB_ALPN] == nil {
			c.say(rule{"svcb-alpn", Error, "no protocol is left to speak (RFC 9460 section 7.1.1): BIND refuses the zone", "add alpn="},
				s, i, "no-default-alpn without alpn")
		}
		c.mandatory(s, i, keys)
	}
	records(s, each)
	records(s, func(i int, h *dns.HTTPS) { each(i, &h.SVCB) })
	if aliases > 0 && aliases < s.Len() {
		c.say(rule{"svcb-mixed", Warning, "clients take the alias and pass over the others (RFC 9460 section 2.4.1)", "keep one kind"},
			s, 0, "%s with priority 0 beside others", typeName(s.Type))
	}
}

// mandatory holds the list of mandatory keys against the keys that are there (RFC 9460 section 8).
func (c *check) mandatory(s *zones.RRset, i int, keys map[dns.SVCBKey]dns.SVCBKeyValue) {
	list, ok := keys[dns.SVCB_MANDATORY].(*dns.SVCBMandatory)
	if !ok {
		return
	}
	seen := map[dns.SVCBKey]bool{}
	for _, key := range list.Code {
		what := ""
		switch {
		case key == dns.SVCB_MANDATORY:
			what = "is itself"
		case keys[key] == nil:
			what = key.String() + " is not there"
		case seen[key]:
			what = key.String() + " stands twice"
		}
		if seen[key] = true; what != "" {
			c.say(rule{"svcb-mandatory", Error, "clients throw the record away (RFC 9460 section 8): BIND, Knot and NSD refuse the zone",
				"list in mandatory= what stands in the record, each key once"}, s, i, "a mandatory key of its %s: %s", typeName(s.Type), what)
		}
	}
}

// mail looks for a null MX beside others (RFC 7505 section 3).
func (c *check) mail(s *zones.RRset) {
	for i := range s.Len() {
		if target(s, i) == zones.Root && s.Len() > 1 {
			c.say(rule{"null-mx", Warning, "it says that there is no mail here, and the others say there is: senders do as they please",
				"take one or the other out"}, s, i, "a null MX beside others")
		}
	}
}

// spf looks at the policy for senders: one TXT (RFC 7208 sections 3.1 and 3.2).
func (c *check) spf(s *zones.RRset) {
	policies := 0
	last := 0
	count := func(i int, words []string) {
		if v, _, _ := strings.Cut(strings.Join(words, ""), " "); strings.EqualFold(v, "v=spf1") {
			policies++
			last = i
		}
	}
	if s.Type == dns.TypeSPF {
		if txt := c.at(s.Owner, dns.TypeTXT); txt != nil {
			records(txt, func(i int, t *dns.TXT) { count(i, t.Txt) })
		}
		if policies == 0 {
			c.say(rule{"spf-type", Warning, "receivers read TXT only: type SPF is given up (RFC 7208 section 3.1)", "write the same as TXT"},
				s, 0, "a record of type SPF without the same as TXT")
		}
		return
	}
	records(s, func(i int, t *dns.TXT) { count(i, t.Txt) })
	if policies > 1 {
		c.say(rule{"spf-twice", Warning, "receivers take two for an error, and may refuse the mail (RFC 7208 section 4.5)", "make one of them"},
			s, last, "%d SPF policies", policies)
	}
}
