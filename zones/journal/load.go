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
	defer f.Close()
	z, err := load(f, origin.Lower(), network)
	if err != nil {
		return z, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return z, nil
}

// load reads what is kept of a zone.
func load(from io.Reader, origin zones.Name, network *steering.Network) (*zones.Zone, error) {
	l := loading{reader: newReader(from), origin: origin}
	z, at, err := l.version(network)
	if err != nil {
		return nil, err
	}
	steps, last, lost := l.steps(at)
	z, err = z.Replay(steps)
	if err != nil {
		return nil, err
	}
	if z.Digest() != last.digest || z.Serial() != last.serial {
		return nil, fmt.Errorf("%w: its changes do not lead to what they say", errBroken)
	}
	z = z.WithNote(last.note)
	if lost != nil {
		return z, fmt.Errorf("what came after serial %d is lost: %w", z.Serial(), lost)
	}
	return z, nil
}

// loading is the reading of one file.
type loading struct {
	*reader
	origin zones.Name
}

// version reads up to the first mark: the history, and the version that it led to.
func (l *loading) version(network *steering.Network) (*zones.Zone, here, error) {
	fail := func(err error) (*zones.Zone, here, error) { return nil, here{}, err }
	e, err := l.next()
	if err != nil {
		return fail(broken(err))
	}
	if origin, err := e.origin(); e.kind != head || err != nil || origin != l.origin {
		return fail(fmt.Errorf("%w: it is not of this zone", errBroken))
	}
	assembly := zones.Assemble(l.origin)
	var history []*zones.Change
	for {
		e, err := l.next()
		if err != nil {
			return fail(broken(err))
		}
		d := decoder{rest: e.content}
		switch e.kind {
		case past:
			c := d.change()
			if err := errors.Join(d.done(), c.Check(l.origin)); err != nil {
				return fail(err)
			}
			history = append(history, c)
		case records:
			for len(d.rest) > 0 && !d.fault {
				if err := assembly.Put(d.record()); err != nil || d.fault {
					return fail(errors.Join(errBroken, err))
				}
			}
		case mark:
			at := d.here()
			z, err := assembly.Zone(network)
			if err == nil && (d.done() != nil || z.Digest() != at.digest || z.Serial() != at.serial) {
				err = fmt.Errorf("%w: its records do not make what they say", errBroken)
			}
			if err != nil {
				return fail(err)
			}
			return z.WithHistory(history), at, nil
		default:
			return fail(errBroken)
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
