package tsig

import (
	"crypto/hmac"
	"encoding/binary"
	"hash"
)

// chain makes the MACs of one exchange: each covers the one before (RFC 8945 section 5.3.1).
type chain struct {
	key    *Key
	mac    hash.Hash
	linked bool // a MAC of the answering side was made: the following cover timers only
}

// newChain begins with the MAC of the request, which may be empty.
func newChain(key *Key, request []byte) chain {
	c := chain{key: key, mac: hmac.New(key.Algorithm.hash(), key.Secret)}
	if len(request) > 0 {
		c.begin(request)
	}
	return c
}

// begin starts over with the MAC before.
func (c *chain) begin(before []byte) {
	c.mac.Reset()
	_, _ = c.mac.Write(binary.BigEndian.AppendUint16(nil, uint16(len(before))))
	_, _ = c.mac.Write(before)
}

// unsigned takes in a message that bears no signature; the next that does covers it.
func (c *chain) unsigned(msg []byte) { _, _ = c.mac.Write(msg) }

// sum is the MAC of a message, up to where its TSIG record stands or will stand. The record is counted in the header if
// counted says so.
func (c *chain) sum(msg []byte, r *record, counted bool) []byte {
	var header [headerSize]byte
	copy(header[:], msg)
	binary.BigEndian.PutUint16(header[:], r.id)
	if counted {
		binary.BigEndian.PutUint16(header[10:], binary.BigEndian.Uint16(header[10:])-1)
	}
	_, _ = c.mac.Write(header[:])
	_, _ = c.mac.Write(msg[headerSize:r.at])
	if c.linked {
		_, _ = c.mac.Write(r.appendTimers(nil))
	} else {
		_, _ = c.mac.Write(r.variables())
	}
	return c.mac.Sum(nil)
}

// link makes a MAC the one that the next covers.
func (c *chain) link(mac []byte) {
	c.linked = true
	c.begin(mac)
}

// variables are what a MAC covers of the record itself (RFC 8945 section 4.3.3).
func (r *record) variables() []byte {
	b := append([]byte(nil), r.name...)
	b = append(b, 0, classANY, 0, 0, 0, 0)
	b = append(b, r.algorithm...)
	b = r.appendTimers(b)
	b = binary.BigEndian.AppendUint16(b, uint16(r.code))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.other)))
	return append(b, r.other...)
}
