package dnsserver

import "sync/atomic"

const (
	maxType    = 260 // types up to here are counted one by one
	rcodeOther = 17  // rcodes from here on are counted together
)

// Drop reasons.
const (
	dropShort    = iota // less than a header
	dropResponse        // a response, where a query should be
	dropSend            // the system did not take the response
	dropDefect          // a defect of the server
	dropProxy           // without the PROXY header that its sender must put before it
	drops
)

var dropWords = [drops]string{dropShort: "short", dropResponse: "response", dropSend: "send", dropDefect: "defect",
	dropProxy: "proxy"}

// What became of a NOTIFY.
const (
	noticeTaken = iota
	noticeRefused
	noticeResults
)

var noticeWords = [noticeResults]string{noticeTaken: "taken", noticeRefused: "refused"}

// What became of an update.
const (
	updateDone = iota
	updateUnmet
	updateRefused
	updateMalformed
	updateResults
)

var updateWords = [updateResults]string{updateDone: "done", updateUnmet: "unmet", updateRefused: "refused", updateMalformed: "malformed"}

// Kinds of transfers, and what became of them.
const (
	transferDone    = iota
	transferRefused // with an rcode
	transferFailed  // not begun for want of room, or broken off
	transferResults

	transferKinds = 2
)

var (
	transferWords       = [transferKinds]string{"axfr", "ixfr"}
	transferResultWords = [transferResults]string{transferDone: "done", transferRefused: "refused", transferFailed: "failed"}
)

func dropReason(msg []byte) int {
	if len(msg) < headerSize {
		return dropShort
	}
	return dropResponse
}

// counts are the server's counters.
type counts struct {
	queries   [transports][maxType + 1]atomic.Uint64 // the last: all other types, and questions that could not be read
	responses [transports][rcodeOther + 1]atomic.Uint64
	dropped   [drops]atomic.Uint64
	cookies   [cookieStates]atomic.Uint64
	notices   [noticeResults]atomic.Uint64
	updates   [updateResults]atomic.Uint64
	transfers [transferKinds][transferResults]atomic.Uint64
}

func (c *counts) query(t Transport, q *query) {
	i := maxType
	if q.question != nil {
		i = min(int(q.qtype), maxType)
	}
	c.queries[t][i].Add(1)
}

// Counts is told every counter that is not zero, by those of its functions that are not nil. A type or rcode of -1 stands
// for all that are not counted one by one.
type Counts struct {
	Query    func(t Transport, qtype int, n uint64)
	Response func(t Transport, rcode int, n uint64)
	Dropped  func(reason string, n uint64)
	Cookie   func(state string, n uint64)
	Notice   func(result string, n uint64)       // of NOTIFY messages: taken, refused
	Update   func(result string, n uint64)       // of dynamic updates: done, unmet, refused, malformed
	Transfer func(kind, result string, n uint64) // axfr, ixfr: done, refused, failed
}

// complete puts functions that do nothing in the place of those that are nil.
func (c Counts) complete() Counts {
	if c.Query == nil {
		c.Query = func(Transport, int, uint64) {}
	}
	if c.Response == nil {
		c.Response = func(Transport, int, uint64) {}
	}
	for _, f := range []*func(string, uint64){&c.Dropped, &c.Cookie, &c.Notice, &c.Update} {
		if *f == nil {
			*f = func(string, uint64) {}
		}
	}
	if c.Transfer == nil {
		c.Transfer = func(string, string, uint64) {}
	}
	return c
}

// Count calls the functions of c for the server's counters.
func (s *Server) Count(c Counts) {
	c = c.complete()
	for t := range transports {
		report(s.counts.queries[t][:], func(i int, n uint64) { c.Query(t, i, n) })
		report(s.counts.responses[t][:], func(i int, n uint64) { c.Response(t, i, n) })
	}
	for i := range s.counts.dropped {
		c.Dropped(dropWords[i], s.counts.dropped[i].Load())
	}
	for i := range s.counts.cookies {
		c.Cookie(cookieWords[i], s.counts.cookies[i].Load())
	}
	for i := range s.counts.notices {
		c.Notice(noticeWords[i], s.counts.notices[i].Load())
	}
	for i := range s.counts.updates {
		c.Update(updateWords[i], s.counts.updates[i].Load())
	}
	for kind := range s.counts.transfers {
		for result := range s.counts.transfers[kind] {
			c.Transfer(transferWords[kind], transferResultWords[result], s.counts.transfers[kind][result].Load())
		}
	}
}

// report calls f for every counter that is not zero; the last stands for all others, as -1.
func report(counters []atomic.Uint64, f func(i int, n uint64)) {
	for i := range counters {
		n := counters[i].Load()
		if n == 0 {
			continue
		}
		if i == len(counters)-1 {
			i = -1
		}
		f(i, n)
	}
}
