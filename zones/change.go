package zones

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

// Change leads from one version of a zone to the next: a difference sequence of IXFR (RFC 1995 section 4). It is
// immutable.
type Change struct {
	Before, After  Record   // the SOAs, with the serials that are served
	Removed, Added []Record // without the SOAs
	At             time.Time
}

// From is the serial before the change.
func (c *Change) From() uint32 { return c.Before.soaSerial() }

// To is the serial after the change.
func (c *Change) To() uint32 { return c.After.soaSerial() }

// Check says whether every record of the change can be one of a zone of this origin, as far as can be told without the
// zone. Changes that come from NewChange, Between or Apply need no check.
func (c *Change) Check(origin Name) error {
	r := newReading(Source{Origin: origin}, c.At)
	if c.Before.Type != dns.TypeSOA || c.After.Type != dns.TypeSOA {
		return r.named(fmt.Errorf("a change without its SOAs"))
	}
	for _, list := range [][]Record{{c.Before, c.After}, c.Removed, c.Added} {
		for _, rec := range list {
			if err := r.check(rec); err != nil {
				return r.named(err)
			}
		}
	}
	return nil
}

// soaSerial is the serial of an SOA. It is 0 for what is no SOA.
func (r *Record) soaSerial() uint32 {
	if len(r.RData) < 20 {
		return 0
	}
	return binary.BigEndian.Uint32([]byte(r.RData[len(r.RData)-20:]))
}

// forward says whether the serial went ahead with the change. Only such a change can be told to a secondary.
func (c *Change) forward() bool { return Ahead(c.To(), c.From()) }

// octets is the size of the change in messages without compression.
func (c *Change) octets() int {
	size := c.Before.octets() + c.After.octets()
	for _, list := range [][]Record{c.Removed, c.Added} {
		for i := range list {
			size += list[i].octets()
		}
	}
	return size
}

// inverse leads back.
func (c *Change) inverse() *Change {
	return &Change{Before: c.After, After: c.Before, Removed: c.Added, Added: c.Removed, At: c.At}
}

// Condense is one change for several that follow each other: what was added and removed again, or the other way round,
// is left out (RFC 1995 section 6). There must be at least one.
func Condense(changes []*Change) *Change {
	if len(changes) == 1 {
		return changes[0]
	}
	type fate struct{ before, after *Record }
	fates := map[identity]*fate{}
	var order []*fate
	for _, c := range changes {
		for i := range c.Removed {
			r := &c.Removed[i]
			if f := fates[r.identity()]; f != nil {
				f.after = nil
				continue
			}
			f := &fate{before: r}
			fates[r.identity()] = f
			order = append(order, f)
		}
		for i := range c.Added {
			r := &c.Added[i]
			if f := fates[r.identity()]; f != nil {
				f.after = r
				continue
			}
			f := &fate{after: r}
			fates[r.identity()] = f
			order = append(order, f)
		}
	}
	last := changes[len(changes)-1]
	whole := &Change{Before: changes[0].Before, After: last.After, At: last.At}
	for _, f := range order {
		if f.before != nil && f.after != nil && *f.before == *f.after {
			continue
		}
		if f.before != nil {
			whole.Removed = append(whole.Removed, *f.before)
		}
		if f.after != nil {
			whole.Added = append(whole.Added, *f.after)
		}
	}
	return whole
}
