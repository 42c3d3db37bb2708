package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/miekg/dns"
)

// said is what a primary says of its version of a zone.
type said struct {
	serial uint32
	expire *uint32 // seconds until the zone expires there (RFC 7314); nil: not said
}

// soa asks a primary for the SOA, over UDP first.
//
//	over UDP                then
//	FORMERR, NOTIMP         asked again without EDNS, which the server may not bear
//	cut, or no answer       asked over TCP
//	REFUSED                 asked over TCP: Knot tells of a catalog zone only there
//	any other               that is the answer
func (f *fetch) soa(ctx context.Context, p Primary) (*said, error) {
	q := newQuery(f.origin, dns.TypeSOA)
	q.askExpire()
	m, err := overUDP(ctx, p, q, f.limits.Answer)
	if answers(err, dns.RcodeFormatError) || answers(err, dns.RcodeNotImplemented) {
		q = newQuery(f.origin, dns.TypeSOA)
		m, err = overUDP(ctx, p, q, f.limits.Answer)
	}
	if err == nil && m.cut || answers(err, dns.RcodeRefused) || errors.Is(err, errSilence) && ctx.Err() == nil {
		m, err = f.overTCP(ctx, p, q, err)
	}
	if err != nil {
		return nil, err
	}
	for _, rr := range m.answer {
		soa, is := rr.(*dns.SOA)
		if !is {
			continue
		}
		if owner, err := lowerName(soa.Hdr.Name); err != nil || owner != f.origin {
			continue
		}
		if !m.authority {
			return nil, errors.New("it answers without authority for the zone")
		}
		return &said{soa.Serial, m.expire}, nil
	}
	return nil, errors.New("it answers without the SOA of the zone")
}

// answers says whether an error is an answer with this rcode.
func answers(err error, rcode int) bool {
	r, is := errors.AsType[*refusal](err)
	return is && r.rcode == rcode
}

// overTCP asks again over TCP. What was wrong over UDP is said where that does not help.
func (f *fetch) overTCP(ctx context.Context, p Primary, q *query, before error) (*message, error) {
	limits := f.limits
	limits.Stall = limits.Answer
	t, err := dial(ctx, p, q, limits)
	if err != nil {
		if before != nil {
			return nil, fmt.Errorf("%w; TCP: %w", before, err)
		}
		return nil, err
	}
	defer t.close()
	return t.next()
}
