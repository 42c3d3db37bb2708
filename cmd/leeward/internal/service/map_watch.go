package service

import (
	"os"
	"time"

	"leeward/steering/geo"
)

// mapYoung is how young a change may be for another within the same tick of the file system's clock to leave no trace.
const mapYoung = 2 * time.Second

// mapWatch remembers what the files of a map looked like.
type mapWatch struct {
	last, read looks
	again      time.Time // when to read once more what was young when it was read; zero: need not be
}

// due says whether the files are to be read, by what they look like now. A file that was written a moment ago may be half of
// what it is to be.
//
//	since the look before    since they were read                             then
//	another look             any                                              no
//	the same                 another look                                     yes
//	the same                 the same, which was at least 2 s old             no
//	the same                 the same, which was younger, less than 2 s ago   no
//	the same                 the same, which was younger, before that         yes
func (w *mapWatch) due(seen looks, now time.Time) bool {
	quiet := seen.same(&w.last)
	w.last = seen
	if !quiet || seen.same(&w.read) && (w.again.IsZero() || now.Before(w.again)) {
		return false
	}
	w.read, w.again = seen, time.Time{}
	if seen.young(now) {
		w.again = now.Add(mapYoung)
	}
	return true
}

// looks is what the files of a map look like from outside: nil where there is none.
type looks [geo.Sources]os.FileInfo

func lookAt(r *recipe) (l looks) {
	for of, file := range r.files {
		if file == "" {
			continue
		}
		if info, err := os.Stat(file); err == nil {
			l[of] = info
		}
	}
	return l
}

func (l *looks) same(other *looks) bool {
	for of, a := range l {
		b := other[of]
		if (a == nil) != (b == nil) ||
			a != nil && !(os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())) {
			return false
		}
	}
	return true
}

func (l *looks) young(now time.Time) bool {
	for _, info := range l {
		if info == nil {
			continue
		}
		if age := now.Sub(info.ModTime()); age >= 0 && age < mapYoung {
			return true
		}
	}
	return false
}
