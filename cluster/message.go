package cluster

import (
	"encoding/binary"
	"errors"
	"time"

	"leeward/steering"
)

// format is the version of all messages. It stands first in every message and in the metadata of every member.
const format = 1

// kind says what a message holds. It stands second in every message.
type kind byte

const (
	kindBeat      kind = 1 + iota // a heartbeat, broadcast
	kindSheet                     // a sheet, broadcast
	kindAsk                       // what the sender lacks
	kindAnswer                    // a sheet that was asked for
	kindOverride                  // overrides, broadcast
	kindOverrides                 // overrides that were asked for
	kindState                     // all of a node's facts: the exchange between two nodes
	kindNote                      // notes, broadcast
	kindAskNotes                  // the digests of the sender's notes
	kindNotes                     // the notes of buckets that differ
)

var errFormat = errors.New("message of another format version")

func begin(k kind) []byte { return []byte{format, byte(k)} }

// open takes the head off a message.
func open(msg []byte) (kind, *reader, error) {
	if len(msg) < 2 {
		return 0, nil, errShort
	}
	if msg[0] != format {
		return 0, nil, errFormat
	}
	return kind(msg[1]), &reader{b: msg[2:]}, nil
}

// beat is a heartbeat: a node's word, once a second, that it lives, and what is its newest.
type beat struct {
	Name        string
	Incarnation uint64 // start of the node in Unix nanoseconds
	Counter     uint64 // grows with each heartbeat of the incarnation
	Number      uint64 // of the newest sheet; 0: none yet
	Leaving     bool   // the node stops: this is its last
	Large       bool   // the newest sheet is too large to broadcast: ask at once
	Ready       bool   // the node is sent queries, and finds nothing wrong with itself
	Network     steering.Digest
	Verdicts    steering.Digest
	Overrides   steering.Digest
	Notes       steering.Digest
	Key         Fingerprint // of the gossip key it encrypts with; zero: none
	Next        Fingerprint // of the key that it waits to encrypt with; zero: none
	Wall        int64       // the node's clock in Unix milliseconds
	Zones       ZoneState
}

const (
	flagLeaving = 1 << iota
	flagLarge
	flagReady
)

const minBeat = 1 + 8 + 1 + 1 + 1 + 4*8 + 2*4 + 1 + minZones // octets

func putBeat(b []byte, v *beat) []byte {
	b = putText(b, v.Name)
	b = binary.BigEndian.AppendUint64(b, v.Incarnation)
	b = binary.AppendUvarint(b, v.Counter)
	b = binary.AppendUvarint(b, v.Number)
	var flags byte
	if v.Leaving {
		flags |= flagLeaving
	}
	if v.Large {
		flags |= flagLarge
	}
	if v.Ready {
		flags |= flagReady
	}
	b = append(b, flags)
	b = append(b, v.Network[:]...)
	b = append(b, v.Verdicts[:]...)
	b = append(b, v.Overrides[:]...)
	b = append(b, v.Notes[:]...)
	b = append(b, v.Key[:]...)
	b = append(b, v.Next[:]...)
	b = binary.AppendVarint(b, v.Wall)
	return putZones(b, &v.Zones)
}

func (r *reader) beat() (v beat) {
	v.Name = r.text(maxName)
	v.Incarnation = r.word()
	v.Counter = r.number()
	v.Number = r.number()
	flags := r.octet()
	if flags&^(flagLeaving|flagLarge|flagReady) != 0 {
		r.fail(errBounds)
	}
	v.Leaving, v.Large, v.Ready = flags&flagLeaving != 0, flags&flagLarge != 0, flags&flagReady != 0
	v.Network, v.Verdicts, v.Overrides, v.Notes = r.digest(), r.digest(), r.digest(), r.digest()
	v.Key, v.Next = r.fingerprint(), r.fingerprint()
	v.Wall = r.signed()
	v.Zones = r.zones()
	return v
}

// ask names what the sender lacks: an origin's sheet of at least a number, or, without an origin, overrides.
type ask struct {
	From        string
	Origin      string
	Incarnation uint64
	Number      uint64
}

func putAsk(b []byte, v *ask) []byte {
	b = putText(b, v.From)
	b = putText(b, v.Origin)
	b = binary.BigEndian.AppendUint64(b, v.Incarnation)
	return binary.AppendUvarint(b, v.Number)
}

func (r *reader) ask() (v ask) {
	v.From = r.text(maxName)
	v.Origin = r.text(maxName)
	v.Incarnation = r.word()
	v.Number = r.number()
	return v
}

// heard is a heartbeat in the exchange between two nodes: its age there keeps the dead from looking alive here.
type heard struct {
	Beat beat
	Age  time.Duration // to the millisecond
}

const maxAge = 365 * 24 * time.Hour

func putHeard(b []byte, v *heard) []byte {
	b = putBeat(b, &v.Beat)
	return binary.AppendUvarint(b, uint64(min(max(v.Age, 0), maxAge)/time.Millisecond))
}

func (r *reader) heard() heard {
	return heard{Beat: r.beat(), Age: r.duration(maxAge)}
}
