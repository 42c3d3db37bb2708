package dnsserver

import (
	"encoding/binary"
	"net/netip"

	"leeward/zones"
)

// Notice is word from a primary that a zone has changed (RFC 1996).
type Notice struct {
	Zone      zones.Name // an origin served, in lower case
	From      netip.Addr
	Serial    uint32 // that the primary has now: a hint that proves nothing
	HasSerial bool
}

// notify answers a NOTIFY, and passes on what is taken.
//
//	about nothing                         FORMERR
//	class other than IN                   REFUSED
//	about another type than SOA           FORMERR
//	no zone served has that origin        NOTAUTH
//	not from who may                      REFUSED
//	otherwise                             NOERROR, with AA; told to OnNotify
func (a *apart) notify() (rcode int) {
	q := &a.query
	origin := zones.Name(q.name).Lower()
	switch {
	case q.question == nil:
		return a.notified(noticeRefused, rcodeFormErr)
	case q.qclass != classIN:
		return a.notified(noticeRefused, rcodeRefused)
	case q.qtype != typeSOA:
		return a.notified(noticeRefused, rcodeFormErr)
	case a.view.Zones.Zone(origin) == nil:
		return a.notified(noticeRefused, rcodeNotAuth)
	}
	if p := a.view.Access.notify(origin, a.client, a.key); p != allowed {
		a.because = p.refusal("NOTIFY for this zone", a.key)
		return a.notified(noticeRefused, rcodeRefused)
	}
	a.reply.flags |= flagAA
	if a.server.OnNotify != nil {
		serial, ok := serialIn(a.msg, answerSection)
		a.server.OnNotify(Notice{Zone: origin, From: a.client, Serial: serial, HasSerial: ok})
	}
	return a.notified(noticeTaken, rcodeNoError)
}

func (a *apart) notified(result, rcode int) int {
	a.server.counts.notices[result].Add(1)
	return rcode
}

// serialIn is the serial of the SOA that a message has first in its answer or authority section, where NOTIFY and IXFR
// have one (RFC 1996 3.7, RFC 1995 3). The message was parsed before.
func serialIn(msg []byte, s section) (serial uint32, ok bool) {
	at := skipName(msg, headerSize, false) + 4
	skip := 0
	if s == authoritySection {
		skip = int(get16(msg, int(answerSection)))
	}
	if get16(msg, int(s)) == 0 {
		return 0, false
	}
	for range skip {
		at = skipName(msg, at, true)
		at += 10 + int(get16(msg, at+8))
	}
	at = skipName(msg, at, true)
	rdata := msg[at+10 : at+10+int(get16(msg, at+8))]
	names := skipName(rdata, 0, true)
	if get16(msg, at) != typeSOA || names < 0 {
		return 0, false
	}
	if names = skipName(rdata, names, true); names < 0 || len(rdata) != names+20 {
		return 0, false
	}
	return binary.BigEndian.Uint32(rdata[names:]), true
}
