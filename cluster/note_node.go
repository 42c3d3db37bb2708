package cluster

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Put issues a note at this node: it gets the next version of its key, and this node as issuer, and goes to all members.
// Issued, Version and Issuer of the argument do not count. A Deleted one ends the note of its key; its Value and Until do not
// count. A note ends no sooner than the one whose place it takes. The error says why it is not taken; nothing is
// changed then.
func (n *Node) Put(note Note) (Note, error) {
	list := []Note{note}
	err := n.PutAll(list)
	return list[0], err
}

// PutAll issues several notes: all, or none, and the error says why. The argument has them as issued then.
func (n *Node) PutAll(list []Note) error {
	if err := n.facts.putAll(list, n.now()); err != nil {
		return err
	}
	for i := range list {
		msg := putNotes(begin(kindNote), list[i:i+1])
		n.spread(n.notes, list[i].name(), msg)
		select {
		case n.noted <- msg:
		default: // there are many at once: the broadcast will do, and nobody may be there to take them
		}
	}
	return nil
}

// Notes gives the living notes of a topic, ordered by key.
func (n *Node) Notes(t Topic) []Note {
	return n.facts.listNotes(n.now(), func(s *notes) []Note { return s.living(t) })
}

// AllNotes gives all notes, tombstones too, ordered by topic and key: what a node keeps on disk and is given again at its
// start.
func (n *Node) AllNotes() []Note { return n.facts.listNotes(n.now(), (*notes).all) }

// name is that of a note's broadcast.
func (n *Note) name() string { return "note " + strconv.Itoa(int(n.Topic)) + " " + n.Key }

func (f *facts) putAll(list []Note, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgetNotes(now)
	if ahead := f.ahead(); ahead > maxAhead {
		return fmt.Errorf("the clock of this node is %v ahead of the others': they would not take what it issues", ahead.Round(time.Minute))
	}
	issued, before := slices.Clone(list), f.notes.clone()
	for i := range issued {
		var err error
		if issued[i], err = f.notes.issue(issued[i], f.name, now); err != nil {
			f.notes = before
			return err
		}
	}
	copy(list, issued)
	f.poke()
	return nil
}

// ahead is by how much this node's clock is ahead of that of the living member whose clock is next to it; 0: of none.
func (f *facts) ahead() (least time.Duration) {
	for _, p := range f.peers {
		if !p.gone.IsZero() || p.clock.heard == 0 {
			continue
		}
		ahead := -p.clock.skew()
		if ahead <= 0 {
			return 0
		}
		if least == 0 || ahead < least {
			least = ahead
		}
	}
	return least
}

func (f *facts) listNotes(now time.Time, list func(*notes) []Note) []Note {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgetNotes(now)
	return list(&f.notes)
}

// forgetNotes drops the notes that have ended, with the lock held.
func (f *facts) forgetNotes(now time.Time) {
	if f.notes.forget(now) {
		f.poke()
	}
}

// mergeNotes takes in notes and gives those that were news.
func (f *facts) mergeNotes(list []Note, now time.Time) []Note {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.notes.merge(list, now)
	if len(taken) > 0 {
		f.poke()
	}
	return taken
}
