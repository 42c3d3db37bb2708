package dnsserver

import "leeward/zones"

// refer writes a referral from what is ready for it, as authority and additional would, and says whether it did: not behind a
// chain, or where the question has more of the names in it than the cut, or where not all of it fits.
func (a *answering) refer() bool {
	if a.found.Kind != zones.Referral || a.found.Below || a.hops > 0 {
		return false
	}
	cut := a.found.Set
	servers, addresses, ok := cut.Referral()
	if !ok || len(a.reply.out)+len(servers.Octets)+len(addresses.Octets) > a.reply.limit {
		return false
	}
	begin, names := len(a.reply.out), a.reply.names.n
	owner := headerSize + len(a.query.name) - len(cut.Owner) // a question's name is whole
	a.reply.putReady(authoritySection, servers, owner, begin)
	a.putProofs()
	a.reply.putReady(additionalSection, addresses, owner, begin)
	if len(a.reply.out) <= a.reply.limit && !a.reply.truncated() {
		return true
	}
	a.reply.out, a.reply.names.n = a.reply.out[:begin], names
	a.reply.flags &^= flagTC
	put16(a.reply.out, int(authoritySection), 0)
	put16(a.reply.out, int(additionalSection), 0)
	return false
}

// putReady writes records whose names need but be told where they stand.
func (r *reply) putReady(s section, ready zones.Ready, owner, begin int) {
	at := len(r.out)
	r.out = append(r.out, ready.Octets...)
	for i := 0; i < len(ready.Pointers); i += 2 {
		pointer := int(get16(ready.Pointers, i))
		to := int(get16(ready.Octets, pointer))
		if to&zones.FromOwner != 0 {
			to += owner - zones.FromOwner
		} else {
			to += begin
		}
		put16(r.out, at+pointer, 0xC000|uint16(to))
	}
	put16(r.out, int(s), get16(r.out, int(s))+ready.Records)
}
