package tsig

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"time"

	"leeward/zones"
)

// Code is the error of a TSIG record (RFC 8945 section 3).
type Code uint16

// The codes.
const (
	BadSig   Code = 16
	BadKey   Code = 17
	BadTime  Code = 18
	BadTrunc Code = 22
)

func (c Code) String() string {
	switch c {
	case BadSig:
		return "BADSIG"
	case BadKey:
		return "BADKEY"
	case BadTime:
		return "BADTIME"
	case BadTrunc:
		return "BADTRUNC"
	}
	return fmt.Sprintf("TSIG error %d", uint16(c))
}

// The rcodes of queries that cannot be opened.
const (
	rcodeNoError = 0
	rcodeFormErr = 1
	rcodeNotAuth = 9
)

// leastMAC is how many octets of a MAC there must be at the least (RFC 8945 section 5.2.2.1).
const leastMAC = 10

// Fudge is how many seconds the clocks of two servers may differ by (RFC 8945 section 10).
const Fudge = 300

// Session is the server's side of one exchange: it signs the responses to a query that was signed.
type Session struct {
	record record // of the query; what of it a response repeats
	chain  chain  // key nil: responses bear no MAC
	key    *Key   // nil unless all is well with the query
}

// Open reads the TSIG record of a query.
//
//	no TSIG record                                   the message, no session, NOERROR
//	TSIG that is not last, not alone, cannot be read no session, FORMERR
//	no key of that name and algorithm                a session, NOTAUTH, BADKEY; not signed
//	MAC longer than the hash, or under 10 octets
//	   or half the hash                              no session, FORMERR
//	MAC is not that of the message                   a session, NOTAUTH, BADSIG; not signed
//	signed too long ago or ahead                     a session, NOTAUTH, BADTIME, with the server's time; signed
//	MAC cut short                                    a session, NOTAUTH, BADTRUNC; signed
//	otherwise                                        the message without TSIG, a session, NOERROR
//
// The order is that of RFC 8945 section 5.2. MACs that are cut short are let through by no known server unless it is
// told to, and here neither. The message itself stays as it is.
func Open(msg []byte, keys Keys, now time.Time) (bare []byte, s *Session, rcode int) {
	r, err := find(msg)
	switch {
	case err != nil:
		return msg, nil, rcodeFormErr
	case r == nil:
		return msg, nil, rcodeNoError
	}
	bare = append([]byte(nil), msg[:r.at]...)
	binary.BigEndian.PutUint16(bare[10:], binary.BigEndian.Uint16(bare[10:])-1)
	s = &Session{record: record{name: r.name, algorithm: r.algorithm, signed: r.signed, fudge: r.fudge, id: r.id}}
	key := keys.Key(r.name)
	if key == nil || key.Algorithm.wire() != r.algorithm {
		s.record.code = BadKey
		return bare, s, rcodeNotAuth
	}
	whole := key.Algorithm.size()
	if len(r.mac) > whole || len(r.mac) < max(leastMAC, whole/2) {
		return bare, nil, rcodeFormErr
	}
	request := newChain(key, nil)
	if !hmac.Equal(request.sum(msg, r, true)[:len(r.mac)], r.mac) {
		s.record.code = BadSig
		return bare, s, rcodeNotAuth
	}
	s.chain = newChain(key, r.mac)
	switch {
	case !r.timely(now):
		s.record.code = BadTime
		s.record.other = append48(nil, uint64(now.Unix()))
		return bare, s, rcodeNotAuth
	case len(r.mac) < whole:
		s.record.code = BadTrunc
		return bare, s, rcodeNotAuth
	}
	s.key = key
	return bare, s, rcodeNoError
}

// Key is the key that the query was signed with; nil unless the signature holds. It may be called on nil.
func (s *Session) Key() *Key {
	if s == nil {
		return nil
	}
	return s.key
}

// KeyName is the name of the key that the query claims, in lower case.
func (s *Session) KeyName() zones.Name { return s.record.name }

// Code is what was wrong with the query's signature, 0 when it holds.
func (s *Session) Code() Code { return s.record.code }

// Size is how many octets Sign adds to a message.
func (s *Session) Size() int {
	mac := 0
	if s.chain.key != nil {
		mac = s.chain.key.Algorithm.size()
	}
	return s.record.size(mac, len(s.record.other))
}

// Sign appends the TSIG record to a response: with the MAC of the request in the first of an exchange, with that of the
// message before in those that follow (RFC 8945 section 5.3.1); without any where the query's key or MAC was bad. An
// answer to BADTIME repeats the client's time, so that the client can verify it (RFC 8945 section 5.2.3).
func (s *Session) Sign(response []byte, now time.Time) []byte {
	r := s.record
	r.at = len(response)
	r.id = binary.BigEndian.Uint16(response)
	if r.code != BadTime {
		r.signed, r.fudge = uint64(now.Unix()), Fudge
	}
	if s.chain.key != nil {
		r.mac = s.chain.sum(response, &r, false)
		s.chain.link(r.mac)
	}
	return r.append(response)
}
