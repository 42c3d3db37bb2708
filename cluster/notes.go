package cluster

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"leeward/steering"
)

// notes is the newest note of each key, tombstones too, with a digest of what is in each bucket.
type notes struct {
	of      [topics]map[string]*held // by key
	buckets buckets
	lists   [topics][]Note // ordered by key, tombstones too; nil: to be made anew
}

// held is a note as it is kept here.
type held struct {
	Note
	sum uint64    // of all it says
	due time.Time // when it ends by this node's monotonic clock: one that is set back, or stands still, keeps no note
}

// ended says whether a note is to be forgotten: the clock is past its end, or the time it had left when it came is over.
func (h *held) ended(now time.Time) bool { return !now.Before(h.Until) || !now.Before(h.due) }

func hold(n Note, now time.Time) *held {
	return &held{Note: n, sum: n.hash(), due: now.Add(n.Until.Sub(now))}
}

// buckets are the digests of the notes of each bucket: a note belongs to one by its topic and key.
type buckets [64]steering.Digest

func bucketOf(topic Topic, key string) int {
	h := uint32(2166136261) // FNV-1a: the same on all nodes
	for _, c := range append([]byte{byte(topic)}, key...) {
		h = (h ^ uint32(c)) * 16777619
	}
	return int((h ^ h>>16) % uint32(len(buckets{})))
}

// flip puts a note into its bucket's digest, or takes it out: a digest is the sum modulo 2 of the notes in it, whatever
// the order in which they came.
func (b *buckets) flip(h *held) {
	d := &b[bucketOf(h.Topic, h.Key)]
	binary.BigEndian.PutUint64(d[:], binary.BigEndian.Uint64(d[:])^h.sum)
}

// clone is a copy that can be gone back to. What is held is never changed.
func (s *notes) clone() notes {
	fresh := *s
	for t := range fresh.of {
		fresh.of[t] = maps.Clone(s.of[t])
	}
	return fresh
}

// digest is the same on all nodes that have the same notes.
func (s *notes) digest() (d steering.Digest) {
	for i := range s.buckets {
		for j := range d {
			d[j] ^= s.buckets[i][j]
		}
	}
	return d
}

func (s *notes) put(h *held) {
	if s.of[h.Topic] == nil {
		s.of[h.Topic] = map[string]*held{}
	}
	if old, ok := s.of[h.Topic][h.Key]; ok {
		s.buckets.flip(old)
	}
	s.of[h.Topic][h.Key] = h
	s.buckets.flip(h)
	s.lists[h.Topic] = nil
}

func (s *notes) drop(h *held) {
	delete(s.of[h.Topic], h.Key)
	s.buckets.flip(h)
	s.lists[h.Topic] = nil
}

// merge takes in what beats the present, and gives what was taken.
//
//	there is               the newcomer                      then
//	anything               breaks its topic's terms          is not taken
//	one of its key         does not beat it                  is not taken
//	one of its key         beats it                          takes its place
//	none, and room         -                                 is taken
//	none, and no room      is older than all                 is not taken
//	none, and no room      is newer than the oldest          is taken, and the oldest goes
//
// Older is by (Version, Key). What takes a place is never older than what was there, so a note that had to go never comes
// back while those that pushed it out live: all nodes end with the same notes, in whatever order they come.
func (s *notes) merge(list []Note, now time.Time) (taken []Note) {
	for _, n := range list {
		if n.admits(now) && s.take(hold(n, now)) {
			taken = append(taken, n)
		}
	}
	return taken
}

// recall begins with the notes that were kept on disk.
func (s *notes) recall(list []Note, now time.Time) {
	for _, n := range list {
		r := reader{b: putNote(nil, &n)}
		if n := r.note(); r.end() == nil {
			s.merge([]Note{n}, now)
		}
	}
}

// take takes in a note that keeps its terms, and says whether it did.
func (s *notes) take(h *held) bool {
	if old, ok := s.of[h.Topic][h.Key]; ok {
		if !h.beats(old) {
			return false
		}
	} else if len(s.of[h.Topic]) >= h.Topic.terms().count {
		oldest := s.oldest(h.Topic)
		if !older(oldest, h) {
			return false
		}
		s.drop(oldest)
	}
	s.put(h)
	return true
}

func older(a, b *held) bool {
	return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.Key, b.Key)) < 0
}

func (s *notes) oldest(t Topic) (oldest *held) {
	for _, h := range s.of[t] {
		if oldest == nil || older(h, oldest) {
			oldest = h
		}
	}
	return oldest
}

// forget drops what has ended, and says whether any of it lived until now.
func (s *notes) forget(now time.Time) (lived bool) {
	for _, of := range s.of {
		for _, h := range of {
			if h.ended(now) {
				s.drop(h)
				lived = lived || !h.Deleted
			}
		}
	}
	return lived
}

// list gives the notes of a topic, tombstones too, ordered by key: nodes look at them much more often than they change.
func (s *notes) list(t Topic) []Note {
	if s.lists[t] == nil {
		for _, key := range slices.Sorted(maps.Keys(s.of[t])) {
			s.lists[t] = append(s.lists[t], s.of[t][key].Note)
		}
	}
	return s.lists[t]
}

// living gives the notes of a topic that are no tombstones, ordered by key.
func (s *notes) living(t Topic) (list []Note) {
	for _, n := range s.list(t) {
		if !n.Deleted {
			list = append(list, n)
		}
	}
	return list
}

// all gives all notes, tombstones too, ordered by topic and key.
func (s *notes) all() (list []Note) {
	for t := range Topic(topics) {
		list = append(list, s.list(t)...)
	}
	return list
}

// issue completes a note given at this node, so that it beats what is there, and takes it in.
//
//	there is                        the note                          then
//	-                               does not fit, or ends too late    error
//	none of its key, or tombstone   is a tombstone                    error
//	one of its key                  ends sooner                       ends when that one does
//	one of its key                  -                                 takes its place
//	none, hourly many by this node  -                                 error
//	none, and no room               may make the oldest go            takes its place
//	none, and no room               may not                           error
//
// None ends sooner than what it takes the place of: else that could come back from a node that was away.
func (s *notes) issue(n Note, issuer string, now time.Time) (Note, error) {
	if err := n.fits(); err != nil {
		return n, err
	}
	terms, old := n.Topic.terms(), s.of[n.Topic][n.Key]
	n.Version = uint64(max(now.UnixMicro(), 0))
	n.Until = n.Until.UTC().Truncate(time.Millisecond)
	if n.Deleted {
		n.Value, n.Until = nil, time.Time{}
	}
	switch {
	case n.Deleted && (old == nil || old.Deleted):
		return n, fmt.Errorf("%s: there is no %s", terms.what, n.Key)
	case old != nil:
		n.Version = max(n.Version, old.Version+1)
		if n.Until.Before(old.Until) {
			n.Until = old.Until
		}
	default:
		if err := s.room(n.Topic, issuer, now); err != nil {
			return n, err
		}
	}
	n.Issued, n.Issuer = issued(n.Version), issuer
	switch {
	case !n.Until.After(now):
		return n, fmt.Errorf("%s: %s would end before it begins, at %s", terms.what, n.Key, n.Until.Format(time.RFC3339))
	case n.Until.After(n.Issued.Add(terms.life)):
		return n, fmt.Errorf("%s: %s may stand for %v at most", terms.what, n.Key, terms.life)
	case !s.take(hold(n, now)):
		return n, fmt.Errorf("%s: there is no room for another: all %d that stand are newer, by clocks that are ahead of this node's", terms.what, terms.count)
	}
	return n, nil
}

// room says why a node may not issue one more note of a topic, nil if it may.
func (s *notes) room(t Topic, issuer string, now time.Time) error {
	terms, own := t.terms(), 0
	if len(s.of[t]) >= terms.count && !terms.yields {
		return fmt.Errorf("%s: %d stand already, and more are not kept", terms.what, terms.count)
	}
	for _, h := range s.of[t] {
		if h.Issuer == issuer && h.Issued.After(now.Add(-time.Hour)) {
			own++
		}
	}
	if own >= terms.hourly {
		return fmt.Errorf("%s: this node issued %d within an hour, and more are not taken", terms.what, own)
	}
	return nil
}
