package transfer

import (
	"errors"
	"fmt"

	"github.com/miekg/dns"

	"leeward/zones"
)

// form is what the answer to a transfer turns out to be.
type form uint8

const (
	unknown    form = iota // there was no record yet, or only the first
	upToDate               // a single SOA: nothing newer is there
	whole                  // all records of the zone
	difference             // difference sequences (RFC 1995 section 4)
)

func (f form) String() string {
	return [...]string{"nothing", "nothing newer", "whole zone", "changes"}[f]
}

// stream reads the records of a transfer in their order, and makes the zone or the changes of them.
//
//	it has      record                                          then
//	nothing     SOA of the zone, asked for changes, not newer   up to date; ended
//	nothing     SOA of the zone                                 the first SOA
//	nothing     any other                                       error
//	first SOA   SOA that we have, asked for changes             differences: what is removed
//	first SOA   any other                                       whole, as below
//	whole       SOA of the zone, same serial                    ended
//	whole       SOA of the zone, other serial                   error
//	removed     SOA of the zone                                 what is added
//	added       SOA of the zone, same serial as the first,
//	            and that was reached                            ended
//	added       SOA of the zone, serial that was reached        the next difference: what is removed
//	added       SOA of the zone, any other                      error
//	ended       any                                             error, but for what follows "up to date"
//	any         out of the zone                                 left out, and counted
//	any         any other                                       taken in
type stream struct {
	origin  zones.Name
	have    *zones.Zone // changes from its serial are asked for; nil: the whole zone
	records int         // so far
	outside int         // left out, because they are out of the zone

	form           form
	first          *dns.SOA
	ended          bool
	assembly       *zones.Assembly
	removed, added []dns.RR // of the present difference, each list with its SOA
	changes        []*zones.Change
}

// take reads the next record.
func (s *stream) take(rr dns.RR) error {
	s.records++
	if s.ended {
		if s.form == upToDate {
			return nil
		}
		return errors.New("the transfer goes on after its last SOA")
	}
	if class := rr.Header().Class; class != dns.ClassINET {
		return fmt.Errorf("a record of class %s", dns.Class(class))
	}
	soa, err := s.apex(rr)
	switch {
	case err != nil:
		return err
	case s.first == nil:
		return s.begin(soa)
	case s.form == unknown:
		return s.second(soa, rr)
	case soa != nil && s.form == whole:
		return s.end(soa)
	case soa != nil:
		return s.turn(soa)
	case !dns.IsSubDomain(s.first.Hdr.Name, rr.Header().Name):
		s.outside++
		return nil
	}
	return s.put(rr)
}

// apex is the record as the SOA of the zone, nil when it is any other record.
func (s *stream) apex(rr dns.RR) (*dns.SOA, error) {
	if rr.Header().Rrtype != dns.TypeSOA {
		return nil, nil
	}
	soa, is := rr.(*dns.SOA)
	if !is {
		return nil, errors.New("an SOA without rdata")
	}
	owner, err := lowerName(soa.Hdr.Name)
	if err != nil || owner != s.origin {
		return nil, fmt.Errorf("an SOA of %s", soa.Hdr.Name)
	}
	return soa, nil
}

func (s *stream) begin(soa *dns.SOA) error {
	if soa == nil {
		return errors.New("the transfer does not begin with the SOA")
	}
	s.first = soa
	if s.have != nil && !zones.Ahead(soa.Serial, s.have.Serial()) {
		s.form, s.ended = upToDate, true
	}
	return nil
}

// second tells the forms apart (RFC 1995 section 4).
func (s *stream) second(soa *dns.SOA, rr dns.RR) error {
	if soa != nil && s.have != nil && soa.Serial == s.have.Serial() {
		s.form, s.removed = difference, []dns.RR{soa}
		return nil
	}
	s.form, s.assembly = whole, zones.Assemble(s.origin)
	if err := s.assembly.Add(s.first); err != nil {
		return err
	}
	s.records--
	return s.take(rr)
}

// end is the SOA at the end of a whole zone.
func (s *stream) end(soa *dns.SOA) error {
	if soa.Serial != s.first.Serial {
		return fmt.Errorf("the transfer begins with serial %d and ends with %d", s.first.Serial, soa.Serial)
	}
	s.ended = true
	return nil
}

// turn is an SOA within differences, or at their end.
func (s *stream) turn(soa *dns.SOA) error {
	if s.added == nil {
		s.added = []dns.RR{soa}
		return nil
	}
	reached := s.added[0].(*dns.SOA).Serial
	change, err := zones.NewChange(s.origin, s.removed, s.added)
	if err != nil {
		return err
	}
	s.changes = append(s.changes, change)
	if soa.Serial != reached {
		return fmt.Errorf("a difference to serial %d is followed by one from %d", reached, soa.Serial)
	}
	s.ended = soa.Serial == s.first.Serial
	s.removed, s.added = []dns.RR{soa}, nil
	return nil
}

func (s *stream) put(rr dns.RR) error {
	switch {
	case s.form == whole:
		return s.assembly.Add(rr)
	case s.added != nil:
		s.added = append(s.added, rr)
	default:
		s.removed = append(s.removed, rr)
	}
	return nil
}
