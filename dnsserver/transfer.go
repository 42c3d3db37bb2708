package dnsserver

import (
	"errors"
	"fmt"

	"leeward/zones"
)

// fullMessage is how many octets a message of a transfer has when the next begins: as far as names can be pointed to. One
// record that is larger has a message to itself.
const fullMessage = maxPointer + 1

// sink takes the messages of a response.
type sink struct {
	more func() bool            // asked once, before the first of several messages; false: not now
	send func(msg []byte) error // an error ends the response
}

// errNotNow says that a response of several messages may not begin now.
var errNotNow = errors.New("too many transfers at once")

// transfer gives a zone, or what changed of it, in as many messages as it takes.
func (a *apart) transfer(p plan, to sink) error {
	a.zone = p.zone
	a.reply.flags |= flagAA
	a.reply.index = &index{}
	if a.transport == UDP {
		a.transferred(transferDone)
		a.fit(p)
		return to.send(a.end(rcodeNoError))
	}
	err := a.stream(p, to)
	switch {
	case errors.Is(err, errNotNow):
		a.transferred(transferFailed)
		a.restart()
		a.because = extendedError{extendedOther, errNotNow.Error()}
		return to.send(a.end(rcodeServFail))
	case err != nil:
		a.transferred(transferFailed)
		return err
	}
	a.transferred(transferDone)
	return nil
}

// fit puts a difference into one message; where it does not fit, the SOA alone (RFC 1995 2).
func (a *apart) fit(p plan) {
	for record := range p.records() {
		if !a.put(&record, a.reply.limit) {
			a.restart()
			soa := p.soa()
			if !a.put(&soa, a.reply.limit) {
				a.reply.flags |= flagTC
			}
			return
		}
	}
}

// restart takes all records out of the message again.
func (a *apart) restart() {
	r := &a.reply
	r.out = r.out[:headerSize+len(a.query.question)]
	put16(r.out, int(answerSection), 0)
	*r.index = index{}
}

// stream writes message after message. Each is full, but the last; the first alone has the question and the OPT record
// (RFC 5936 2.2.1 and 2.2.5).
func (a *apart) stream(p plan, to sink) error {
	several := false
	for record := range p.records() {
		if a.put(&record, min(a.reply.limit, fullMessage)) {
			continue
		}
		if get16(a.reply.out, int(answerSection)) > 0 {
			if !several && !to.more() {
				return errNotNow
			}
			if err := to.send(a.endPart(several)); err != nil {
				return err
			}
			several = true
			a.next()
		}
		if !a.put(&record, a.reply.limit) {
			return fmt.Errorf("%s, type %d: too large for a message", record.Owner, record.Type)
		}
	}
	return to.send(a.endPart(several))
}

// endPart ends one message of the response, which is counted with the first.
func (a *apart) endPart(several bool) []byte {
	if several {
		return a.sign(a.close(rcodeNoError))
	}
	return a.end(rcodeNoError)
}

// next begins a message that follows another, in its place.
func (a *apart) next() {
	follows := query{id: a.query.id, flags: a.query.flags}
	a.query.edns = edns{}
	a.reply.out = a.reply.out[:0]
	a.reply.begin(&follows, a.reply.limit)
	a.reply.flags |= flagAA
	*a.reply.index = index{}
}

// put writes a record into the answer section, if the message then has no more octets than the limit. If not, no name in
// the message is known any more: another has to begin.
func (a *apart) put(record *zones.Record, limit int) bool {
	r := &a.reply
	size := len(r.out)
	a.scratch = append(a.scratch[:0], record.Owner...)
	r.putName(a.scratch)
	t, ttl := record.Type, record.TTL
	r.out = append(r.out, byte(t>>8), byte(t), 0, classIN, byte(ttl>>24), byte(ttl>>16), byte(ttl>>8), byte(ttl), 0, 0)
	at := len(r.out)
	a.scratch = append(a.scratch[:0], record.RData...)
	r.putRData(t, a.scratch)
	put16(r.out, at-2, uint16(len(r.out)-at))
	if len(r.out) > limit {
		r.out = r.out[:size]
		*r.index = index{}
		return false
	}
	r.count(answerSection)
	return true
}
