package cluster

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// Note is a small fact that all nodes keep the same, for a time: a node issues it, and it goes to all. This package knows
// nothing of what it says.
type Note struct {
	Topic   Topic
	Key     string // 1 to 256 octets; of each key in a topic there is one note
	Value   []byte // at most 768 octets; nobody may change it
	Deleted bool   // a tombstone: it ends a note on nodes that have not heard of the end yet

	Issued  time.Time // UTC, the time of Version
	Until   time.Time // UTC, to the millisecond; then it is forgotten everywhere
	Version uint64    // Unix microseconds, or one more than what it took the place of; the higher wins
	Issuer  string    // node that issued it; breaks ties between equal versions
}

// Topic says what a note is about.
type Topic uint8

// The topics.
const (
	TopicReport    Topic = 1 + iota // of an incident
	TopicChallenge                  // for a certificate authority, at a name
	TopicTold                       // who told a webhook of what
)

// topics is one more than the highest topic that a message may name. Those that this version does not know are carried as
// well, so that nodes of two versions have the same notes.
const topics = 16

// terms bound a topic.
type terms struct {
	what   string        // its notes, in the plural
	count  int           // of its notes, tombstones too
	hourly int           // new ones that a node may issue in an hour, so that one that runs wild leaves room to the others
	life   time.Duration // from Issued to Until
	yields bool          // where there is no room the oldest gives way, else the new one is refused
}

func (t Topic) terms() terms {
	switch t {
	case TopicReport:
		return terms{"reports", 1024, 128, 400 * 24 * time.Hour, true}
	case TopicChallenge:
		return terms{"challenges", 1024, 512, 24 * time.Hour, false}
	case TopicTold:
		return terms{"words to webhooks", 512, 256, 30 * 24 * time.Hour, true}
	default:
		return terms{"notes", 256, 64, 30 * 24 * time.Hour, true}
	}
}

// maxAhead is by how much a note may have been issued in the future: more than nodes' clocks differ that anybody looks
// after, so that one that is years ahead cannot issue what nothing would ever beat.
const maxAhead = 24 * time.Hour

// Limits of a note, in octets.
const (
	maxNoteKey   = 256
	maxNoteValue = 768
	minNote      = 1 + 1 + 1 + 1 + 1 + 1 + 8 + 1
	maxNote      = 1 + 1 + 2 + maxNoteKey + 2 + maxNoteValue + 8 + 8 + 2 + maxName
)

// maxNotes is how many notes there may be in all.
func maxNotes() (n int) {
	for t := range Topic(topics) {
		n += t.terms().count
	}
	return n
}

func putNote(b []byte, n *Note) []byte {
	deleted := byte(0)
	if n.Deleted {
		deleted = 1
	}
	b = append(b, byte(n.Topic), deleted)
	b = putText(b, n.Key)
	b = putText(b, string(n.Value))
	b = binary.AppendVarint(b, n.Until.UnixMilli())
	b = binary.BigEndian.AppendUint64(b, n.Version)
	return putText(b, n.Issuer)
}

func (r *reader) note() (n Note) {
	n.Topic = Topic(r.octet())
	deleted := r.octet()
	n.Deleted = deleted == 1
	n.Key = r.text(maxNoteKey)
	n.Value = []byte(r.text(maxNoteValue))
	n.Until = r.milli()
	n.Version = r.word()
	n.Issuer = r.text(maxName)
	if n.Topic >= topics || deleted > 1 || n.Key == "" || n.Version > maxUnix*1e6 {
		r.fail(errBounds)
		return Note{}
	}
	n.Issued = issued(n.Version)
	return n
}

// issued is the time of a version.
func issued(version uint64) time.Time {
	return time.UnixMicro(int64(min(version, math.MaxInt64))).UTC()
}

func putNotes(b []byte, list []Note) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for i := range list {
		b = putNote(b, &list[i])
	}
	return b
}

func (r *reader) notes() (list []Note) {
	for range r.count(maxNotes(), minNote) {
		list = append(list, r.note())
	}
	return list
}

// hash tells notes apart by all that they say.
func (n *Note) hash() uint64 {
	sum := sha256.Sum256(putNote(nil, n))
	return binary.BigEndian.Uint64(sum[:])
}

// beats says whether n takes the place of o, a note of the same key. Two that only differ in what they say, which no
// node issues, are told apart too: all nodes must end with the same.
func (n *held) beats(o *held) bool {
	return cmp.Or(cmp.Compare(n.Version, o.Version), cmp.Compare(n.Issuer, o.Issuer), cmp.Compare(n.sum, o.sum)) > 0
}

// admits says whether a note that was issued elsewhere, or kept on disk, keeps its topic's terms by this node's clock.
//
//	it ends                       it was issued                      taken in
//	before now                    -                                  no
//	later than its topic allows   -                                  no
//	in time                       more than a day ahead of now       no
//	in time                       in the past, or a little ahead     yes
func (n *Note) admits(now time.Time) bool {
	return n.Until.After(now) && !n.Until.After(n.Issued.Add(n.Topic.terms().life)) && !n.Issued.After(now.Add(maxAhead))
}

// fits says what is wrong with a note that is to be issued here, nil for nothing.
func (n *Note) fits() error {
	switch what := n.Topic.terms().what; {
	case n.Topic == 0 || n.Topic > TopicTold:
		return fmt.Errorf("no notes are known of topic %d", n.Topic)
	case n.Key == "" || len(n.Key) > maxNoteKey:
		return fmt.Errorf("%s: a key of %d octets, 1 to %d are wanted", what, len(n.Key), maxNoteKey)
	case len(n.Value) > maxNoteValue:
		return fmt.Errorf("%s: %.40s: %d octets, at most %d are kept", what, n.Key, len(n.Value), maxNoteValue)
	}
	return nil
}
