package zones

import (
	"fmt"
	"time"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Assembly is a zone that is put together from its records, as a transfer brings them. The rules are those of a file.
type Assembly struct {
	reading *reading
	err     error
}

// Assemble begins a zone.
func Assemble(origin Name) *Assembly {
	return &Assembly{reading: newReading(Source{Origin: origin}, time.Time{})}
}

// Add adds a record, in any order. One that is there already is dropped. After an error the zone is lost.
func (a *Assembly) Add(rr dns.RR) error { return a.keep(a.reading.add(rr, place{})) }

// Put adds a record in wire form.
func (a *Assembly) Put(r Record) error { return a.keep(a.reading.take(r)) }

func (a *Assembly) keep(err error) error {
	if err != nil && a.err == nil {
		a.err = a.reading.named(err)
	}
	return a.err
}

// Zone is the zone of all records that were added. The network says what is steered; nil is nothing. The Assembly must
// not be used afterwards.
func (a *Assembly) Zone(network *steering.Network) (*Zone, error) {
	if a.err != nil {
		return nil, a.err
	}
	t, err := a.reading.whole("")
	if err != nil {
		return nil, err
	}
	if err := a.reading.verify(t); err != nil {
		return nil, err
	}
	return t.zone(network, t.serial), nil
}

// NewChange is a change of a zone from the two lists of an IXFR difference sequence, each of which begins with its SOA
// (RFC 1995 section 4).
func NewChange(origin Name, removed, added []dns.RR) (*Change, error) {
	r := newReading(Source{Origin: origin}, time.Time{})
	c := &Change{}
	for _, list := range []struct {
		rrs  []dns.RR
		soa  *Record
		rest *[]Record
	}{{removed, &c.Before, &c.Removed}, {added, &c.After, &c.Added}} {
		for i, rr := range list.rrs {
			rec, err := r.record(rr, place{})
			if err != nil {
				return nil, r.named(err)
			}
			switch {
			case (i == 0) != (rec.Type == dns.TypeSOA):
				return nil, r.named(fmt.Errorf("a list of differences has its SOA first and no other"))
			case i == 0:
				*list.soa = rec
			default:
				*list.rest = append(*list.rest, rec)
			}
		}
		if len(list.rrs) == 0 {
			return nil, r.named(fmt.Errorf("a list of differences has its SOA first and no other"))
		}
	}
	return c, nil
}
