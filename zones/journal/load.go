package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"leeward/steering"
	"leeward/zones"
)

// Load is the last version of a zone that was saved, with its history. The network says what is steered.
//
// The error is fs.ErrNotExist when nothing is kept. When the end of what is kept is broken, there are both a zone, which
// is the last version before that, and an error that says so. Any other error says why nothing of what is kept can be
// used; the next Save begins anew.
func (d Directory) Load(origin zones.Name, network *steering.Network) (*zones.Zone, error) {
	f, err := d.open(origin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := load(f, origin.Lower(), network)
	if err != nil {
		return z, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return z, nil
}

// open opens the file of a zone.
func (d Directory) open(origin zones.Name) (*os.File, error) {
	if d == "" {
		return nil, fs.ErrNotExist
	}
	f, err := os.Open(d.path(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("what is kept of the zone cannot be read: %w", err)
	}
	return f, nil
}

// load reads what is kept of a zone.
func load(from io.Reader, origin zones.Name, network *steering.Network) (*zones.Zone, error) {
	l := loading{reader: newReader(from), origin: origin}
	assembly := zones.Assemble(l.origin)
	history, at, err := l.version(assembly.Put)
	if err != nil {
		return nil, err
	}
	z, err := assembly.Zone(network)
	if err != nil {
		return nil, err
	}
	if z.Digest() != at.digest || z.Serial() != at.serial {
		return nil, fmt.Errorf("%w: its records do not make what they say", errBroken)
	}
	steps, last, lost := l.steps(at)
	z, err = z.WithHistory(history).Replay(steps)
	if err != nil {
		return nil, err
	}
	if z.Digest() != last.digest || z.Serial() != last.serial {
		return nil, fmt.Errorf("%w: its changes do not lead to what they say", errBroken)
	}
	return z.WithNote(last.note), last.without(lost)
}

// without tells of what came after a version and is lost.
func (h here) without(lost error) error {
	if lost == nil {
		return nil
	}
	return fmt.Errorf("what came after serial %d is lost: %w", h.serial, lost)
}

// Recall is what is known of the last version of a zone that was saved, without its records. It takes a fraction of the time
// of Load, and has the same errors, but does not look into the records.
func (d Directory) Recall(origin zones.Name) (zones.Memory, error) {
	f, err := d.open(origin)
	if err != nil {
		return zones.Memory{}, err
	}
	defer f.Close()
	m, err := recall(f, origin.Lower())
	if err != nil {
		return m, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return m, nil
}

// recall passes over the records of what is kept of a zone.
func recall(from io.Reader, origin zones.Name) (zones.Memory, error) {
	l := loading{reader: newReader(from), origin: origin}
	history, at, err := l.version(nil)
	if err != nil {
		return zones.Memory{}, err
	}
	steps, last, lost := l.steps(at)
	m := zones.Memory{Serial: last.serial, Digest: last.digest, Note: last.note, History: append(history, steps...)}
	return m, last.without(lost)
}

// loading is the reading of one file.
type loading struct {
	*reader
	origin zones.Name
}

// version reads up to the first mark: the history, and the version that it led to, whose records it puts away one by one,
// or passes over.
func (l *loading) version(put func(zones.Record) error) (history []*zones.Change, at here, err error) {
	e, err := l.next()
	if err != nil {
		return nil, at, broken(err)
	}
	if origin, err := e.origin(); e.kind != head || err != nil || origin != l.origin {
		return nil, at, fmt.Errorf("%w: it is not of this zone", errBroken)
	}
	for {
		e, err := l.next()
		if err != nil {
			return nil, at, broken(err)
		}
		d := decoder{rest: e.content}
		switch e.kind {
		case past:
			c := d.change()
			if err := errors.Join(d.done(), c.Check(l.origin)); err != nil {
				return nil, at, err
			}
			history = append(history, c)
		case records:
			for put != nil && len(d.rest) > 0 && !d.fault {
				if err := put(d.record()); err != nil || d.fault {
					return nil, at, errors.Join(errBroken, err)
				}
			}
		case mark:
			at = d.here()
			return history, at, d.done()
		default:
			return nil, at, errBroken
		}
	}
}

// steps reads the changes behind the version, up to the first one that is broken, and says which version they lead to.
func (l *loading) steps(from here) (steps []*zones.Change, at here, lost error) {
	at = from
	for {
		e, err := l.next()
		if err == io.EOF {
			return steps, at, nil
		}
		if err != nil {
			return steps, at, err
		}
		d := decoder{rest: e.content}
		next := at
		var c *zones.Change
		switch e.kind {
		case step:
			c = d.change()
			next = d.here()
		case mark:
			next = d.here()
		default:
			return steps, at, errBroken
		}
		if d.done() != nil || !leads(at, c, next) || c != nil && c.Check(l.origin) != nil {
			return steps, at, errBroken
		}
		if at = next; c != nil {
			steps = append(steps, c)
		}
	}
}

// leads says whether a change, or nil for none, leads from one version to another.
func leads(from here, c *zones.Change, to here) bool {
	if c == nil {
		return from.serial == to.serial && from.digest == to.digest
	}
	return c.From() == from.serial && c.To() == to.serial && from.digest.After(c) == to.digest
}
