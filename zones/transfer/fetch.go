package transfer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"leeward/steering"
	"leeward/zones"
)

// fetch is an attempt to bring a zone up to date.
type fetch struct {
	origin    zones.Name
	have      *zones.Zone // the version to begin from, if a newer one is there; nil: the whole zone is fetched in any case
	before    *zones.Zone // the version that is kept; nil: none
	hidden    bool        // the zone is
	primaries []Primary   // in the order in which they are tried
	network   *steering.Network
	limits    Limits
	log       *slog.Logger
	verify    func(context.Context, *zones.Zone) error // nil: none
}

// fetched is what came of it.
type fetched struct {
	zone   *zones.Zone // the newer version; nil: there is none
	good   bool        // a primary has answered for the zone, with what we have or with what we got
	from   Primary     // which one
	expire *uint32     // seconds until the zone expires there (RFC 7314); nil: not said
	failed []Primary   // those that did not do well
	err    error       // what they did
}

// run asks the primaries one after the other, and takes the zone from the first that has a newer version.
//
//	the primary                             then
//	does not answer, or not for the zone    noted; the next
//	has the version that we have            good; the next, which may have a newer one
//	has a version behind ours               good, and told; the next
//	has a newer version                     fetched; the end when that went well, else noted and the next
func (f *fetch) run(ctx context.Context) fetched {
	var result fetched
	var errs []string
	for _, p := range f.primaries {
		said, err := f.soa(ctx, p)
		var zone *zones.Zone
		if err == nil && f.newer(said, p) {
			zone, err = f.transfer(ctx, p)
		}
		switch {
		case ctx.Err() != nil:
			return fetched{err: ctx.Err()}
		case err != nil:
			result.failed = append(result.failed, p)
			errs = append(errs, fmt.Sprintf("%s: %v", p.Addr, err))
		case zone != nil:
			result.zone, result.good, result.from, result.expire = zone, true, p, said.expire
			result.err = faults(errs)
			return result
		case !result.good:
			result.good, result.from, result.expire = true, p, said.expire
		}
	}
	result.err = faults(errs)
	return result
}

// faults is what primaries did that did not do well, as one error.
func faults(errs []string) error {
	if len(errs) == 0 {
		return nil
	}
	return errors.New(strings.Join(errs, "; "))
}

// newer says whether a primary has a newer version than we have.
func (f *fetch) newer(said *said, p Primary) bool {
	if f.have == nil || zones.Ahead(said.serial, f.have.Serial()) {
		return true
	}
	if said.serial != f.have.Serial() {
		f.log.Warn("a primary is behind: what is kept here stays", "zone", f.origin.Bare(), "primary", p.Addr,
			"serial", said.serial, "kept", f.have.Serial())
	}
	return false
}

// transfer fetches the zone: by its changes, if a version is kept, and whole if that is not to be had (RFC 1995
// section 4). It gives no zone when what came is no newer.
func (f *fetch) transfer(ctx context.Context, p Primary) (zone *zones.Zone, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.limits.Whole)
	defer cancel()
	began := time.Now()
	s, err := f.stream(ctx, p, f.have)
	if err == nil {
		zone, err = f.version(s)
	}
	if err != nil && f.have != nil && ctx.Err() == nil && !errors.Is(err, errNoConnection) {
		f.log.Info("no transfer by changes: the whole zone is asked for", "zone", f.origin.Bare(), "primary", p.Addr, "error", err)
		if s, err = f.stream(ctx, p, nil); err == nil {
			zone, err = f.version(s)
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("a transfer that takes longer than %s", f.limits.Whole)
	case err != nil, zone == nil:
		return nil, err
	case f.verify != nil:
		if err := f.verify(ctx, zone); err != nil {
			return nil, err
		}
	}
	if s.outside > 0 {
		f.log.Warn("records out of the zone were left out", "zone", f.origin.Bare(), "primary", p.Addr, "records", s.outside)
	}
	f.log.Info("zone transferred", "zone", f.origin.Bare(), "serial", zone.Serial(), "records", zone.Records(),
		"primary", p.Addr, "by", s.form, "received", s.records, "took", time.Since(began).Round(time.Millisecond))
	return zone, nil
}

// stream fetches what the primary has. Without a version to begin from that is the whole zone.
func (f *fetch) stream(ctx context.Context, p Primary, have *zones.Zone) (*stream, error) {
	t, err := dial(ctx, p, newTransfer(f.origin, have), f.limits)
	if err != nil {
		return nil, err
	}
	defer t.close()
	s := &stream{origin: f.origin, have: have}
	for !s.ended {
		m, err := t.next()
		if err != nil {
			return nil, err
		}
		if len(m.answer) == 0 {
			return nil, errors.New("a message without a record")
		}
		for _, rr := range m.answer {
			if err := s.take(rr); err != nil {
				return nil, err
			}
		}
		if s.records > f.limits.Records {
			return nil, fmt.Errorf("more than %d records", f.limits.Records)
		}
	}
	return s, t.end()
}

// version makes the zone of what came, nil when that is nothing newer.
func (f *fetch) version(s *stream) (*zones.Zone, error) {
	switch s.form {
	case upToDate:
		return nil, nil
	case difference:
		return f.have.Apply(zones.Condense(s.changes))
	}
	if f.have != nil && !zones.Ahead(s.first.Serial, f.have.Serial()) {
		return nil, nil
	}
	z, err := s.assembly.Zone(f.network)
	if err != nil {
		return nil, err
	}
	return z.WithHidden(f.hidden).After(f.before, time.Now()), nil
}
