package cluster

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func challenge(key string, version time.Time, issuer string) Note {
	return Note{Topic: TopicChallenge, Key: key, Until: version.Add(time.Hour), Version: uint64(version.UnixMicro()),
		Issued: version.UTC().Truncate(time.Microsecond), Issuer: issuer}
}

// The rows are those of the charts above admits and merge.
func TestMergeNotes(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	full := func() *notes {
		s := &notes{}
		for i := range TopicChallenge.terms().count {
			s.merge([]Note{challenge(fmt.Sprint(i), now.Add(-time.Minute+time.Duration(i)*time.Millisecond), "a")}, now)
		}
		return s
	}
	with := func(n Note) *notes {
		s := &notes{}
		s.merge([]Note{n}, now)
		return s
	}
	until := func(n Note, until time.Time) Note { n.Until = until; return n }
	second := now.Add(-time.Second)
	for _, c := range []struct {
		name     string
		present  *notes
		newcomer Note
		taken    bool
	}{
		{"ended", &notes{}, until(challenge("k", second, "a"), now), false},
		{"ends later than its topic allows", &notes{}, until(challenge("k", now, "a"), now.Add(24*time.Hour+1)), false},
		{"far ahead", &notes{}, challenge("k", now.Add(maxAhead+time.Second), "a"), false},
		{"a little ahead", &notes{}, challenge("k", now.Add(maxAhead), "a"), true},
		{"beaten by version", with(challenge("k", now, "a")), challenge("k", second, "b"), false},
		{"the same", with(challenge("k", now, "a")), challenge("k", now, "a"), false},
		{"beats by version", with(challenge("k", second, "b")), challenge("k", now, "a"), true},
		{"beats by issuer", with(challenge("k", now, "a")), challenge("k", now, "b"), true},
		{"beaten by issuer", with(challenge("k", now, "b")), challenge("k", now, "a"), false},
		{"none, and room", &notes{}, challenge("k", now, "a"), true},
		{"none, and no room, older than all", full(), challenge("k", now.Add(-time.Hour+time.Minute), "a"), false},
		{"none, and no room, newer than the oldest", full(), challenge("k", now, "a"), true},
		{"no room, but a place", full(), challenge("7", now, "a"), true},
	} {
		if got := len(c.present.merge([]Note{c.newcomer}, now)) == 1; got != c.taken {
			t.Errorf("%s: %v", c.name, got)
		}
		if n := len(c.present.all()); n > TopicChallenge.terms().count {
			t.Errorf("%s: %d notes", c.name, n)
		}
	}
}

// Of equal versions the higher issuer wins, whatever they say.
func TestEqualVersions(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 50 {
		for _, order := range [][2]int{{i, i + 1}, {i + 1, i}} {
			s, want := &notes{}, fmt.Sprintf("n%02d", i+1)
			for _, n := range order {
				s.merge([]Note{challenge("k", now, fmt.Sprintf("n%02d", n))}, now)
			}
			if got := s.all()[0].Issuer; got != want {
				t.Errorf("%s wins over %s", got, want)
			}
		}
	}
}

// The rows are those of the charts above issue and room.
func TestIssueNote(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	put := func(key string) Note { return Note{Topic: TopicChallenge, Key: key, Until: now.Add(time.Hour)} }
	tombstone := Note{Topic: TopicChallenge, Key: "k", Deleted: true}
	there := func(list ...Note) *notes {
		s := &notes{}
		for i, n := range list {
			if _, err := s.issue(n, "n1", now.Add(time.Duration(i-len(list))*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	crowd := func(topic Topic, count int, of func(i int) string) *notes {
		s := &notes{}
		for i := range count {
			n := challenge(fmt.Sprint(i), now.Add(-time.Minute), of(i))
			n.Topic = topic
			s.take(hold(n, now))
		}
		return s
	}
	others := func(i int) string { return fmt.Sprint("n", 2+i%9) }
	report := put("k")
	report.Topic = TopicReport
	for _, c := range []struct {
		name    string
		present *notes
		note    Note
		err     string
	}{
		{"no topic", there(), Note{Key: "k", Until: now.Add(time.Hour)}, "no notes are known of topic 0"},
		{"no key", there(), put(""), "a key of 0 octets"},
		{"long key", there(), put(strings.Repeat("k", maxNoteKey+1)), "a key of 257 octets"},
		{"long value", there(), Note{Topic: TopicChallenge, Key: "k", Value: make([]byte, maxNoteValue+1)}, "769 octets"},
		{"ended", there(), Note{Topic: TopicChallenge, Key: "k", Until: now}, "would end before it begins"},
		{"no end", there(), Note{Topic: TopicChallenge, Key: "k"}, "would end before it begins"},
		{"ends too late", there(), Note{Topic: TopicChallenge, Key: "k", Until: now.Add(25 * time.Hour)}, "may stand for 24h0m0s at most"},
		{"tombstone of none", there(), tombstone, "there is no k"},
		{"tombstone of a tombstone", there(put("k"), tombstone), tombstone, "there is no k"},
		{"tombstone", there(put("k")), tombstone, ""},
		{"again", there(put("k"), tombstone), put("k"), ""},
		{"room", there(), put("k"), ""},
		{"hourly many", crowd(TopicChallenge, 512, func(int) string { return "n1" }), put("k"), "this node issued 512 within an hour"},
		{"hourly many of others", crowd(TopicChallenge, 512, others), put("k"), ""},
		{"no room", crowd(TopicChallenge, 1024, others), put("k"), "1024 stand already"},
		{"no room, but a place", crowd(TopicChallenge, 1024, others), put("7"), ""},
		{"no room, and the oldest goes", crowd(TopicReport, 1024, others), report, ""},
	} {
		before := c.present.all()
		got, err := c.present.issue(c.note, "n1", now)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && len(before) != len(c.present.all()) {
			t.Errorf("%s: refused, and yet changed", c.name)
		}
		if err == nil && (got.Issuer != "n1" || !got.Issued.Equal(now) || !got.Until.Equal(now.Add(time.Hour))) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Whoever was away with the note that is replaced must not bring it back.
func TestNoteEndsNoSoonerThanItsPredecessor(t *testing.T) {
	now := time.Now().Truncate(time.Millisecond)
	s := &notes{}
	first, _ := s.issue(Note{Topic: TopicChallenge, Key: "k", Until: now.Add(time.Hour)}, "n1", now)
	for _, n := range []Note{{Topic: TopicChallenge, Key: "k", Until: now.Add(time.Minute)}, {Topic: TopicChallenge, Key: "k", Deleted: true}} {
		if got, err := s.issue(n, "n1", now); err != nil || !got.Until.Equal(first.Until) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	s.forget(now.Add(59 * time.Minute))
	if s.merge([]Note{first}, now.Add(59*time.Minute)) != nil {
		t.Error("the first came back")
	}
}

// Wherever a clock says that it is time, or the time is over that a note had left when it came, it goes.
func TestNoteEndsByEitherClock(t *testing.T) {
	now := time.Now()
	n := challenge("k", now, "n1")
	wall := n.Until.Add(time.Second).Round(0) // the clock is set ahead
	h := hold(n, now)
	if h.ended(now) || !h.ended(wall) {
		t.Errorf("at once %v, later %v", h.ended(now), h.ended(wall))
	}
	behind := hold(n, now)
	behind.Until = n.Until.Add(time.Hour) // as if the clock were set back by an hour
	if behind.ended(now.Add(59*time.Minute)) || !behind.ended(now.Add(61*time.Minute)) {
		t.Error("a clock that is set back keeps a note")
	}
}

// Only what is well-formed and in time is taken from the disk.
func TestRecallNotes(t *testing.T) {
	now := time.Now()
	good, ended, foreign := challenge("k", now, "n1"), challenge("old", now.Add(-2*time.Hour), "n1"), challenge("f", now, "n1")
	foreign.Topic = topics
	s := &notes{}
	s.recall([]Note{good, ended, foreign, challenge("", now, "n1"), challenge(strings.Repeat("x", maxNoteKey+1), now, "n1")}, now)
	if list := s.all(); len(list) != 1 || list[0].Key != "k" {
		t.Errorf("%+v", list)
	}
}

// The largest note is broadcast.
func TestNoteFitsAPacket(t *testing.T) {
	n := Note{Topic: TopicReport, Key: strings.Repeat("k", maxNoteKey), Value: make([]byte, maxNoteValue), Issuer: strings.Repeat("n", maxName),
		Until: time.Unix(maxUnix, 0), Version: maxUnix * 1e6}
	if size := len(putNotes(begin(kindNote), []Note{n})); size > packetSize-overhead {
		t.Errorf("%d octets", size)
	}
	if size := len(putAskNotes(begin(kindAskNotes), &askNotes{From: n.Issuer})); size > packetSize-overhead {
		t.Errorf("an ask has %d octets", size)
	}
}

// Whatever comes in whatever order, and is lost wherever, ends with the same notes everywhere once all have compared: those
// that a plain reading of the rules gives.
func TestNotesConverge(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		nodes := make([]*notes, 3+r.IntN(4))
		for i := range nodes {
			nodes[i] = &notes{}
		}
		var said []Note
		for i := range 100 + r.IntN(500) { // the bound of such a topic is 256
			n := challenge(fmt.Sprint("k", r.IntN(400)), now.Add(-time.Duration(r.IntN(300))*time.Second), fmt.Sprint("n", r.IntN(3)))
			n.Topic, n.Deleted, n.Value = TopicTold+1, r.IntN(4) == 0, []byte{byte(r.IntN(2))}
			n.Until = now.Add(time.Duration(1+r.IntN(1000)) * time.Second)
			said = append(said, n)
			for j, s := range nodes {
				if j == i%len(nodes) || r.IntN(3) > 0 {
					s.merge([]Note{n}, now)
				}
			}
		}
		compareAll(t, r, nodes, now)
		want := reckon(said)
		for _, s := range nodes {
			if !same(s.all(), want) || s.digest() != nodes[0].digest() {
				t.Fatalf("seed %d: %d notes, not %d", seed, len(s.all()), len(want))
			}
		}
		for later := now; len(nodes[0].all()) > 0; { // they end everywhere, also where some ask others that forget later
			later = later.Add(time.Duration(r.IntN(200)) * time.Second)
			for _, s := range nodes {
				s.forget(later)
			}
			compareAll(t, r, nodes, later)
		}
		for _, s := range nodes {
			if s.buckets != (buckets{}) || len(s.all()) > 0 {
				t.Fatalf("seed %d: something is left of what has ended", seed)
			}
		}
	}
}

// compareAll has nodes ask each other at random until all digests are the same.
func compareAll(t *testing.T, r *rand.Rand, nodes []*notes, now time.Time) {
	t.Helper()
	for asked := 0; slices.ContainsFunc(nodes, func(s *notes) bool { return s.digest() != nodes[0].digest() }); asked++ {
		if asked > 10_000 {
			t.Fatal("they do not come to the same")
		}
		a, b := nodes[r.IntN(len(nodes))], nodes[r.IntN(len(nodes))]
		if a != b && r.IntN(3) > 0 { // else the answer is lost
			list := b.missing(&a.buckets)
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			a.merge(list[:min(len(list), 1+r.IntN(100))], now)
		}
	}
}

// reckon is a plain reading of the rules: of each key what beats all, and of those the newest.
func reckon(said []Note) []Note {
	best := map[string]Note{}
	for _, n := range said {
		old, ok := best[n.Key]
		if !ok || (&held{Note: n, sum: n.hash()}).beats(&held{Note: old, sum: old.hash()}) {
			best[n.Key] = n
		}
	}
	list := slices.SortedFunc(maps.Values(best), func(a, b Note) int {
		return -int(min(1, max(-1, int64(a.Version)-int64(b.Version))))*2 - strings.Compare(a.Key, b.Key)
	})
	list = list[:min(len(list), (TopicTold+1).terms().count)]
	slices.SortFunc(list, func(a, b Note) int { return strings.Compare(a.Key, b.Key) })
	return list
}

func same(a, b []Note) bool {
	return slices.EqualFunc(a, b, func(v, w Note) bool { return string(putNote(nil, &v)) == string(putNote(nil, &w)) })
}
