package transfer

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"leeward/zones"
)

// secondary is one zone that is fetched, in the course of time. The lock of Secondaries guards it.
type secondary struct {
	want   wanted
	kept   *zones.Zone // the newest version, also when it has expired; nil: none yet
	served *zones.Zone // what is answered from: kept, or one that is not ready

	checked time.Time // when a primary last answered well; zero: never
	expires time.Time // of kept
	due     time.Time // when it is asked for next
	loaded  time.Time // when kept came to be here
	expired bool

	fetching bool
	queued   bool // due, and waits for its turn
	again    bool // it is to be asked for once more after the present fetch
	leaving  bool // no longer wanted, and to be dropped when the present fetch has ended
	anew     bool // what is kept is not to be trusted: the next fetch is of the whole zone
	cancel   context.CancelFunc

	asked    netip.Addr // who said that there is something new: asked first
	failed   map[netip.AddrPort]bool
	failures int       // in a row
	primary  Primary   // that last answered well
	err      error     // of the last fetch, when nobody answered well
	doubts   error     // what some primaries did, while another answered well
	keeping  error     // why it is not on disk
	members  []Member  // of a catalog
	broken   error     // why the present version of the catalog is not followed
	clashes  []string  // of a catalog
	at       time.Time // as of agenda
	place    int       // in the agenda, -1: not there
}

// next is when something is to be done with the zone next.
//
//	fetching, queued    expired    at
//	no                  yes        due
//	no                  no         due or expires, whichever is sooner
//	yes                 no         expires
//	yes                 yes        never: the end of the fetch decides
func (z *secondary) next() time.Time {
	waits := z.kept != nil && !z.expired
	switch {
	case z.fetching || z.queued:
		if waits {
			return z.expires
		}
		return never
	case waits && z.expires.Before(z.due):
		return z.expires
	}
	return z.due
}

// never is a time that does not come.
var never = time.Unix(1<<40, 0)

// serve decides what is answered from.
//
//	kept    expires        served
//	no      any            nothing: never transferred yet
//	yes     in the past    nothing: expired
//	yes     to come        what is kept
func (z *secondary) serve(now time.Time) {
	z.expired = z.kept != nil && !z.expires.After(now)
	switch {
	case z.kept == nil:
		z.served = zones.Unready(z.want.Origin, "never transferred yet")
	case z.expired:
		z.served = zones.Unready(z.want.Origin, fmt.Sprintf("expired at %s; no primary has answered well since %s",
			z.expires.UTC().Format(time.RFC3339), z.checked.UTC().Format(time.RFC3339)))
	default:
		z.served = z.kept
		return
	}
	z.served = z.served.WithHidden(z.want.Hidden)
}

// order is the primaries as they are asked: who has said that there is something new, then those that did well the last
// time, each in the order of the configuration.
func (z *secondary) order() []Primary {
	var first, well, badly []Primary
	for _, p := range z.want.Primaries {
		switch {
		case p.Addr.Addr() == z.asked:
			first = append(first, p)
		case z.failed[p.Addr]:
			badly = append(badly, p)
		default:
			well = append(well, p)
		}
	}
	return append(append(first, well...), badly...)
}

// take takes in what came of a fetch, and says when the next one is due.
//
//	asked for again    well    kept    due after
//	yes                any     any     nothing
//	no                 yes     yes     refresh
//	no                 no      yes     retry
//	no                 no      no      a second, doubled each time
func (z *secondary) take(f fetched, now time.Time) {
	z.failed = map[netip.AddrPort]bool{}
	for _, p := range f.failed {
		z.failed[p.Addr] = true
	}
	if f.zone != nil {
		z.kept, z.loaded, z.anew = f.zone, now, false
	}
	if f.good {
		z.checked, z.primary, z.failures, z.err, z.doubts, z.asked = now, f.from, 0, nil, f.err, netip.Addr{}
		z.expires = now.Add(z.expire(f.expire))
	} else {
		z.failures++
		z.err, z.doubts = f.err, nil
	}
	switch {
	case z.again:
		z.due = now
	case z.kept == nil:
		z.due = now.Add(jitter(backoff(z.failures)))
	case f.good:
		z.due = now.Add(jitter(timersOf(z.kept).refresh))
	default:
		z.due = now.Add(jitter(timersOf(z.kept).retry))
	}
	z.again = false
	z.serve(now)
}

// expire is how long the zone may be served without an answer. A primary that is a secondary itself may have less time
// left than the SOA says (RFC 7314).
func (z *secondary) expire(left *uint32) time.Duration {
	d := timersOf(z.kept).expire
	if left != nil {
		d = min(d, time.Duration(*left)*time.Second)
	}
	return d
}
