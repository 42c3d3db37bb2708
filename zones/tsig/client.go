package tsig

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"time"
)

// maxUnsigned is how many messages without a signature may follow each other (RFC 8945 section 5.3.1).
const maxUnsigned = 99

// Query is the client's side of one exchange: it verifies the responses to a query that it signed.
type Query struct {
	chain    chain
	unsigned int // messages since the last signature
	begun    bool
}

// Ask signs a query. The message itself stays as it is.
func Ask(key *Key, msg []byte, now time.Time) (signed []byte, q *Query) {
	r := record{at: len(msg), name: key.Name.Lower(), algorithm: key.Algorithm.wire(), signed: uint64(now.Unix()), fudge: Fudge,
		id: binary.BigEndian.Uint16(msg)}
	request := newChain(key, nil)
	r.mac = request.sum(msg, &r, false)
	return r.append(append([]byte(nil), msg...)), &Query{chain: newChain(key, r.mac)}
}

// Verify takes the messages of the response one by one, in order, as they came. The first must be signed, and of those
// after it at least every hundredth; what an unsigned one says is not to be trusted before a signed one, or Done, has
// covered it.
//
//	TSIG that cannot be read                           error
//	none: the first message, or the 100th in a row     error
//	none otherwise                                     taken in
//	another key or algorithm                           error
//	no MAC, with an error code                         error that names it; nobody vouches for it
//	MAC that is not the message's, or cut short        error
//	signed too long ago or ahead                       error
//	an error code                                      error that names it
//	otherwise                                          verified
func (q *Query) Verify(msg []byte, now time.Time) error {
	r, err := find(msg)
	if err != nil {
		return err
	}
	if r == nil {
		return q.skip(msg)
	}
	key := q.chain.key
	switch {
	case r.name != key.Name.Lower() || r.algorithm != key.Algorithm.wire():
		return fmt.Errorf("the answer is signed with the key %s (%s), not with %s (%s)", r.name, r.algorithm, key.Name, key.Algorithm)
	case len(r.mac) == 0 && r.code != 0:
		return fmt.Errorf("the server refuses the key %s: %s", key.Name, r.code.meaning())
	case !hmac.Equal(q.chain.sum(msg, r, true), r.mac):
		return fmt.Errorf("the signature of the answer with the key %s is wrong", key.Name)
	}
	q.chain.link(r.mac)
	q.begun, q.unsigned = true, 0
	switch {
	case r.code == BadTime && len(r.other) == 6:
		there := time.Unix(int64(binary.BigEndian.Uint16(r.other))<<32|int64(binary.BigEndian.Uint32(r.other[2:])), 0)
		return fmt.Errorf("the clocks differ: it is %s there and %s here", there.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case !r.timely(now):
		there := time.Unix(int64(r.signed), 0)
		return fmt.Errorf("the answer was signed at %s, and here it is %s", there.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case r.code != 0:
		return fmt.Errorf("the server refuses the key %s: %s", key.Name, r.code.meaning())
	}
	return nil
}

// skip takes in a message without a signature.
func (q *Query) skip(msg []byte) error {
	if !q.begun {
		return fmt.Errorf("the answer is not signed")
	}
	if q.unsigned++; q.unsigned > maxUnsigned {
		return fmt.Errorf("%d messages of the answer in a row are not signed", q.unsigned)
	}
	q.chain.unsigned(msg)
	return nil
}

// Done says whether all messages taken in are covered by a signature: the last of a response must be signed.
func (q *Query) Done() error {
	switch {
	case !q.begun:
		return fmt.Errorf("the answer is not signed")
	case q.unsigned > 0:
		return fmt.Errorf("the last message of the answer is not signed")
	}
	return nil
}

// meaning is a code in words.
func (c Code) meaning() string {
	switch c {
	case BadSig:
		return "it has another secret under this name (BADSIG)"
	case BadKey:
		return "it knows no such key with this algorithm (BADKEY)"
	case BadTrunc:
		return "it wants longer signatures (BADTRUNC)"
	}
	return c.String()
}
