package dnsserver

import (
	"net/netip"
	"time"

	"leeward/zones/tsig"
)

// apart is the work on a query that leaves the ordinary way.
type apart struct {
	answering
	server    *Server
	transport Transport
	msg       []byte
	session   *tsig.Session // signs the response; nil: it is not signed
}

// answerApart answers NOTIFY, transfers and whatever is signed. The query was parsed once, and is to be answered.
func (s *Server) answerApart(msg []byte, client netip.Addr, transport Transport, out []byte) []byte {
	a := &apart{answering: answering{view: s.view.Load(), client: client}, server: s, transport: transport, msg: msg}
	rcode := a.begin(out)
	if rcode == rcodeNoError {
		rcode = a.run()
	}
	return a.end(rcode)
}

// begin opens the signature, if there is one, and begins the response.
//
//	the message cannot be read, or bears two signatures     FORMERR
//	the signature does not hold                             NOTAUTH (RFC 8945 5.2)
//	otherwise                                               what the message says
func (a *apart) begin(out []byte) (rcode int) {
	rcode, _ = a.query.parse(a.msg)
	a.server.counts.query(a.transport, &a.query)
	if a.query.signed && a.view != nil && rcode != rcodeFormErr {
		_, session, verdict := tsig.Open(a.msg, a.view.Access.keys(), time.Now())
		if verdict != rcodeNoError {
			rcode = verdict
		}
		a.session, a.key = session, session.Key()
	}
	if a.query.edns.cookie != nil {
		a.server.cookie(&a.answering)
	}
	aside := 0
	if a.session != nil {
		aside = a.session.Size()
	}
	a.open(rcode, a.transport, out, aside)
	return rcode
}

// run answers a query whose signature holds, or that has none.
func (a *apart) run() (rcode int) {
	switch q := &a.query; {
	case a.view == nil:
		return rcodeServFail
	case q.opcode() == opcodeNotify:
		return a.notify()
	case q.qclass == classIN && (q.qtype == typeAXFR || q.qtype == typeIXFR):
		a.because = denied.refusal("transfer of this zone", a.key)
		return rcodeRefused
	}
	return a.answering.run()
}

// end ends the response, signs it and gives the message.
func (a *apart) end(rcode int) []byte {
	a.server.counts.responses[a.transport][min(rcode, rcodeOther)].Add(1)
	response := a.close(rcode)
	if a.session == nil {
		return response
	}
	return a.session.Sign(response, time.Now())
}
