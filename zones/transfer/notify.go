package transfer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// Target is a secondary that is told of changes.
type Target struct {
	Addr  netip.AddrPort
	Key   *tsig.Key    // nil: not signed
	Zones []zones.Name // empty: all
	From  netip.Addr   // what it is told from; zero: as the routes lead
}

// newNotify is a NOTIFY for a version of a zone, with its SOA as a hint (RFC 1996 section 3.7).
func newNotify(z *zones.Zone) *query {
	q := &query{id: randomID(), origin: z.Origin(), qtype: dns.TypeSOA, opcode: dns.OpcodeNotify}
	const authoritative = 1 << 10
	q.msg = header(q.id, dns.OpcodeNotify<<11|authoritative)
	q.msg = append(q.msg, q.origin...)
	q.msg = append(q.msg, 0, byte(dns.TypeSOA), 0, dns.ClassINET)
	q.msg = appendSOA(q.msg, z)
	q.msg[7] = 1 // ANCOUNT
	return q
}

// send tells a target once, and waits for its answer. An error that is a *refusal is the target's last word.
func send(ctx context.Context, t Target, z *zones.Zone, limit time.Duration) error {
	conn, err := dialer("udp", t.From).DialContext(ctx, "udp", t.Addr.String())
	if err != nil {
		return plain(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return plain(err)
	}
	e := Primary{Addr: t.Addr, Key: t.Key}.asked(newNotify(z))
	if _, err := conn.Write(e.wire); err != nil {
		return plain(err)
	}
	_, err = e.fromUDP(conn, make([]byte, 1<<16))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no answer within %s", limit)
	}
	return plain(err)
}
