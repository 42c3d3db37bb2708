package dnsserver

import "leeward/zones"

// additional writes the additional section. All in-domain glue of a referral is in it, or TC is set (RFC 9471 3.1); other
// addresses as room allows.
func (a *answering) additional() {
	found := &a.found
	if found.Kind != zones.Answer && found.Kind != zones.Referral {
		return
	}
	if found.Kind == zones.Referral {
		for _, glue := range found.Set.Glue() {
			if !a.reply.truncated() && !a.reply.put(additionalSection, records{set: glue, ttl: glue.TTL}) {
				a.reply.flags |= flagTC
			}
		}
	}
	for _, extra := range found.Set.Additional() {
		if !a.reply.truncated() {
			a.putAdditional(extra)
		}
	}
}

// putAdditional writes an RRset that the client may want next, if it fits: its absence is no truncation (RFC 2181 9).
func (a *answering) putAdditional(set *zones.RRset) {
	a.reply.put(additionalSection, records{set: set, ttl: set.TTL, start: a.query.id, signed: a.query.edns.do})
}
