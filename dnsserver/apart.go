package dnsserver

import (
	"errors"
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
	scratch   []byte
}

// errEnough ends a response after its first message.
var errEnough = errors.New("one message is enough")

// answerApart answers NOTIFY, updates, transfers and whatever is signed. The query was parsed once, and is to be answered.
func (s *Server) answerApart(msg []byte, client netip.Addr, transport Transport, out []byte) (response []byte) {
	_ = s.stream(msg, client, transport, out, sink{
		more: func() bool { return true },
		send: func(first []byte) error { response = first; return errEnough },
	})
	return response
}

// stream answers such a query in as many messages as it takes, each of which is made in the place of the one before.
func (s *Server) stream(msg []byte, client netip.Addr, transport Transport, out []byte, to sink) error {
	a := &apart{answering: answering{view: s.view.Load(), client: client}, server: s, transport: transport, msg: msg}
	rcode := a.begin(out)
	if rcode == rcodeNoError && a.isTransfer() {
		p, verdict := a.plan()
		if verdict == rcodeNoError {
			return a.transfer(p, to)
		}
		rcode = verdict
		a.transferred(transferRefused)
	} else if rcode == rcodeNoError {
		rcode = a.run()
	}
	return to.send(a.end(rcode))
}

// isTransfer says whether the query is for a zone, of a server that has zones.
func (a *apart) isTransfer() bool {
	q := &a.query
	return a.view != nil && q.opcode() == opcodeQuery && q.qclass == classIN && (q.qtype == typeAXFR || q.qtype == typeIXFR)
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
	switch {
	case a.view == nil:
		return a.answering.run()
	case a.query.opcode() == opcodeNotify:
		return a.notify()
	case a.query.opcode() == opcodeUpdate:
		return a.update()
	}
	return a.answering.run()
}

// end ends the response, counts it, signs it and gives the message.
func (a *apart) end(rcode int) []byte {
	a.server.counts.responses[a.transport][min(rcode, rcodeOther)].Add(1)
	return a.sign(a.close(rcode))
}

func (a *apart) sign(response []byte) []byte {
	if a.session == nil {
		return response
	}
	return a.session.Sign(response, time.Now())
}

// transferred counts what became of a transfer.
func (a *apart) transferred(result int) {
	kind := 0
	if a.query.qtype == typeIXFR {
		kind = 1
	}
	a.server.counts.transfers[kind][result].Add(1)
}
