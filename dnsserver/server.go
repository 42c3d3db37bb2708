package dnsserver

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// Transport is how a query came.
type Transport uint8

// The transports.
const (
	UDP Transport = iota
	TCP
	transports
)

func (t Transport) String() string { return [...]string{"udp", "tcp"}[t] }

// Server answers queries from the view in force.
type Server struct {
	// OnNotify, if there is one, is told of every NOTIFY that is taken. It must not block. It is set before the server is
	// in use.
	OnNotify func(Notice)

	// OnUpdate, if there is one, does an update (RFC 2136) of who may: all of it, when it returns, or nothing, with an error in
	// words for the client. It must not take long. OnUpdateRefused is told of those of who may that are refused, and why.
	// They are set before the server is in use.
	OnUpdate        func(Update) error
	OnUpdateRefused func(u Update, why string)

	view      atomic.Pointer[View]
	tap       atomic.Pointer[Tap] // nil: nobody looks
	counts    counts
	latencies latencies
	classes   classes // for forecasts
}

// New makes a server that answers SERVFAIL until a view is published.
func New() *Server { return &Server{} }

// Publish puts a view in force.
func (s *Server) Publish(v *View) { s.view.Store(v) }

// View is the view in force, nil before the first.
func (s *Server) View() *View { return s.view.Load() }

// Answer appends the response to a query to out, which must be empty and should have room for 65535 octets over TCP and
// View.UDPSize over UDP, or it will grow. An empty result means silence. Neither msg nor out is kept.
//
// NOTIFY, updates, transfers and whatever is signed leave the ordinary way here: all that allocates, reads the clock or needs more
// than the view.
func (s *Server) Answer(msg []byte, client netip.Addr, transport Transport, out []byte) []byte {
	var a answering // a literal would be made elsewhere, and copied
	a.view, a.client = s.view.Load(), client
	rcode, answer := a.query.parse(msg)
	if !answer {
		s.counts.dropped[dropReason(msg)].Add(1)
		return out
	}
	if a.query.leaves() {
		return s.answerApart(msg, client, transport, out)
	}
	s.counts.query(transport, &a.query)
	if a.query.edns.cookie != nil {
		s.cookie(&a)
	}
	a.open(rcode, transport, out, 0)
	if rcode == rcodeNoError {
		rcode = a.run()
	}
	s.counts.responses[transport][min(rcode, rcodeOther)].Add(1)
	return a.close(rcode)
}

// open begins the response. So many octets of its limit are set aside for what will stand behind it.
func (a *answering) open(rcode int, transport Transport, out []byte, aside int) {
	q := &a.query
	a.limit = maxMessage
	if transport == UDP {
		a.limit = q.edns.limit(a.udpSize())
	}
	a.limit -= aside
	q.edns.drop(rcode, transport)
	if headerSize+len(q.question)+q.edns.optSize(a.nsid()) > a.limit {
		q.edns.nsid = false // the longest name and the longest NSID do not fit together into 512 octets
	}
	a.reply.out = out
	a.reply.begin(q, a.limit-q.edns.optSize(a.nsid()))
}

// close ends the response, and gives the message.
func (a *answering) close(rcode int) []byte {
	return a.reply.finish(&a.query, rcode, &responseOPT{udpSize: a.udpSize(), nsid: a.nsid(), keepAlive: a.keepAlive(), zone: a.zone,
		scope: a.scope, why: a.why(rcode), cookie: a.cookie, limit: a.limit})
}

// cookie makes the cookie for the response (RFC 7873 5.2). Whatever the query's is like, the answer is the same: a bad one is
// counted, and never answered with BADCOOKIE, which would cost a client behind changing addresses its answer.
func (s *Server) cookie(a *answering) {
	if a.view == nil || a.view.Cookies == nil {
		a.query.edns.cookie = nil
		return
	}
	var state cookieState
	a.cookie, state = a.view.Cookies.answer(a.query.edns.cookie, a.client)
	s.counts.cookies[state].Add(1)
}

// run answers a well-formed query.
//
//	no view yet                             SERVFAIL
//	no question                             NOERROR, with the cookie; FORMERR where none are given
//	class CH                                the server's own names
//	class other than IN                     REFUSED
//	a type that is no question              NOTIMP, or FORMERR for OPT
//	a transfer                              REFUSED: it is more than an answer
//	a name in no zone served                REFUSED
//	otherwise                               from the zone
func (a *answering) run() (rcode int) {
	q := &a.query
	switch {
	case a.view == nil:
		return rcodeServFail
	case q.question == nil && q.edns.cookie == nil:
		return rcodeFormErr
	case q.question == nil:
		return rcodeNoError
	case q.qclass == classCH:
		return a.chaos()
	case q.qclass != classIN:
		return rcodeRefused
	case q.qtype == typeOPT:
		return rcodeFormErr
	case q.qtype == typeTKEY, q.qtype == typeTSIG, q.qtype == typeMAILA, q.qtype == typeMAILB:
		return rcodeNotImp
	case q.qtype == typeAXFR, q.qtype == typeIXFR:
		return rcodeRefused
	}
	return a.fromZones()
}

func (a *answering) udpSize() uint16 {
	if a.view == nil {
		return 512
	}
	return a.view.UDPSize
}

func (a *answering) nsid() string {
	if a.view == nil {
		return ""
	}
	return a.view.NSID
}

func (a *answering) keepAlive() time.Duration {
	if a.view == nil {
		return 0
	}
	return a.view.KeepAlive
}
