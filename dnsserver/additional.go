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
			if !a.reply.truncated() && !a.reply.put(additionalSection, &records{set: glue, ttl: glue.TTL}) {
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

// putAdditional writes an RRset that the client may want next, if it fits: its absence is no truncation (RFC 2181 9). Those
// of a referral are in the order of the file, as glue is.
func (a *answering) putAdditional(set *zones.RRset) {
	rs := records{set: set, ttl: set.TTL, signed: a.query.edns.do}
	if a.found.Kind == zones.Answer {
		rs.start = a.query.id
	}
	a.reply.put(additionalSection, &rs)
}
