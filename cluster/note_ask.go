package cluster

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// askNotes asks for the notes of the buckets whose digests are others than these of the sender.
type askNotes struct {
	From    string
	Buckets buckets
}

func putAskNotes(b []byte, v *askNotes) []byte {
	b = putText(b, v.From)
	for _, d := range v.Buckets {
		b = append(b, d[:]...)
	}
	return b
}

func (r *reader) askNotes() (v askNotes) {
	v.From = r.text(maxName)
	for i := range v.Buckets {
		v.Buckets[i] = r.digest()
	}
	return v
}

// How many octets of notes one message holds at most: an answer, and the exchange of state, which is made all the time.
const (
	maxAnswered  = 256 << 10
	maxExchanged = 32 << 10
)

// missing gives the notes of the buckets that differ, as many as an answer holds. It begins with any of the buckets: where
// the asker does not take what one holds, it gets to the others.
func (s *notes) missing(theirs *buckets) (list []Note) {
	var in [len(buckets{})][]*held
	for _, of := range s.of {
		for _, h := range of {
			if i := bucketOf(h.Topic, h.Key); theirs[i] != s.buckets[i] {
				in[i] = append(in[i], h)
			}
		}
	}
	first, size := rand.IntN(len(in)), 0
	for i := range in {
		for _, h := range in[(first+i)%len(in)] {
			if size += len(putNote(nil, &h.Note)); size > maxAnswered {
				return list
			}
			list = append(list, h.Note)
		}
	}
	return list
}

// latest gives the notes that were issued last, as many as the exchange of state holds.
func (s *notes) latest() []Note {
	list := s.all()
	slices.SortFunc(list, func(a, b Note) int { return cmp.Compare(b.Version, a.Version) })
	size := 0
	for i := range list {
		if size += len(putNote(nil, &list[i])); size > maxExchanged {
			return list[:i]
		}
	}
	return list
}

// answerNotes makes the message that answers an ask for notes, or nil if there is nothing to say.
func (f *facts) answerNotes(a *askNotes, now time.Time) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgetNotes(now)
	if list := f.notes.missing(&a.Buckets); len(list) > 0 {
		return putNotes(begin(kindNotes), list)
	}
	return nil
}
