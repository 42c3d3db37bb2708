package tell

import (
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// Word is what is told of an incident: that it is open, and what for; or that it has ended.
type Word struct {
	Incident admin.Incident
	Ended    bool
}

// Key names a word, the same on all nodes. That the cause is judged otherwise is a new word.
func (w *Word) Key() string {
	if w.Ended {
		return w.Incident.ID + " ended"
	}
	return openKey(w.Incident.ID) + Identify(w.Incident.Cause.Kind, w.Incident.Cause.Name) // which may be long
}

// openKey is how the keys of all words begin that say of an incident that it is open.
func openKey(id string) string { return id + " open " }

// Times of words.
const (
	long   = 24 * time.Hour   // then nobody wants to hear of it any more
	lately = 10 * time.Minute // an end that nobody was told the beginning of is told for so long
)

// owed is what is to be told of an incident.
//
//	the incident is    since                   told before               owed
//	open               less than it settles    -                         nothing yet: it grows by the second
//	open, moves        less than it takes      -                         nothing yet: how many clients, is worth the time
//	clients, not       to count them
//	known how many
//	open               more than a day         -                         nothing
//	open               between                 open, for this cause      nothing
//	open               between                 not, or for another       that it is open
//	ended              more than a day         -                         nothing
//	ended              -                       that it has ended         nothing
//	ended              -                       that it was open          that it has ended
//	ended              ten minutes at most     nothing                   that it has ended
//	ended              longer                  nothing                   nothing: a new webhook is told no history
func owed(i admin.Incident, now time.Time, p Pace, told told) (w Word, ok bool) {
	if i.End == nil {
		w = Word{Incident: i}
		age := now.Sub(i.Start)
		return w, age >= p.settles(i) && age <= long && !told.has(w.Key())
	}
	w = Word{Incident: i, Ended: true}
	age := now.Sub(*i.End)
	return w, age <= long && !told.has(w.Key()) && (age <= lately || told.begins(openKey(i.ID)))
}

// told is what a target was told already, by whichever node.
type told struct {
	has    func(key string) bool
	begins func(prefix string) bool // any key that begins so
}

// settles is how long an incident that is open is only looked at.
func (p Pace) settles(i admin.Incident) time.Duration {
	if i.ClientShare != nil || i.Cause.Kind == "zone" { // which moves nobody
		return p.Settle
	}
	return max(p.Settle, p.Count)
}
