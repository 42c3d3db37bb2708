package service

import (
	"errors"
	"os"
	"time"

	"leeward/steering/geo"
	"leeward/zones"
)

// mapWatch watches the files of a map, each for itself.
type mapWatch [geo.Sources]fileWatch

// due says whether the files of an atlas are to be read, by what they look like now.
func (w *mapWatch) due(a *atlas, now time.Time) (due bool) {
	for of, file := range a.recipe.files {
		if file == "" {
			w[of] = fileWatch{}
		} else if w[of].due(zones.LookAt(file), readable(a.faults[of]), now) {
			due = true
		}
	}
	return due
}

// readable says whether a file could be read, by what is said of it; whether what it says could be taken up is another thing.
func readable(fault error) bool {
	var unread *os.PathError
	return !errors.As(fault, &unread)
}

// fileWatch remembers what a file looked like.
type fileWatch struct {
	last  zones.Look // at the look before
	read  zones.Look // when it was read
	at    time.Time  // when that was
	first time.Time  // when it was first seen to look otherwise than when it was read; zero: it does not
}

// due says whether a file is to be read, by what it looks like now and whether it could be read, by the rule for zone files.
// One that was written a moment ago may be half of what it is to be, and while it is young another change may leave no
// trace.
//
//	looks as when it was read    and was then               is to be read
//	yes                          readable, and old          no
//	yes                          readable, and young        once it is old, after zones.Rescan at the latest
//	yes                          not readable               after zones.Rescan
//	no                           any                        once it is quiet, after zones.Patience at the latest
func (w *fileWatch) due(seen zones.Look, readable bool, now time.Time) bool {
	quiet := seen == w.last
	w.last = seen
	if seen == w.read {
		w.first = time.Time{}
		again := readable && seen.Old(now) || now.Sub(w.at) >= zones.Rescan
		if readable && seen.Old(w.at) || !again {
			return false
		}
	} else {
		if w.first.IsZero() {
			w.first = now
		}
		if !quiet && now.Sub(w.first) < zones.Patience {
			return false
		}
	}
	*w = fileWatch{last: seen, read: seen, at: now}
	return true
}
