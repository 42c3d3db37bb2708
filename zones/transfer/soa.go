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

// soa asks a primary for the SOA: over UDP, and over TCP where the answer does not fit or does not come. A server that
// cannot bear EDNS is asked without.
func (f *fetch) soa(ctx context.Context, p Primary) (*said, error) {
	q := newQuery(f.origin, dns.TypeSOA)
	q.askExpire()
	m, err := overUDP(ctx, p, q, f.limits.Answer)
	if refused, is := errors.AsType[*refusal](err); is && (refused.rcode == dns.RcodeFormatError || refused.rcode == dns.RcodeNotImplemented) {
		q = newQuery(f.origin, dns.TypeSOA)
		m, err = overUDP(ctx, p, q, f.limits.Answer)
	}
	if err == nil && m.cut || errors.Is(err, errSilence) && ctx.Err() == nil {
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

// overTCP asks again over TCP. Silence is why, or nil.
func (f *fetch) overTCP(ctx context.Context, p Primary, q *query, silence error) (*message, error) {
	limits := f.limits
	limits.Stall = limits.Answer
	t, err := dial(ctx, p, q, limits)
	if err != nil {
		if silence != nil {
			return nil, fmt.Errorf("%w; TCP: %w", silence, err)
		}
		return nil, err
	}
	defer t.close()
	return t.next()
}
