package transfer

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"leeward/zones"
)

// timers are how often a secondary asks, and how long it serves without an answer (RFC 1035 section 3.3.13, RFC 1034
// section 4.3.5).
type timers struct{ refresh, retry, expire time.Duration }

// What an SOA may say at the least and at the most. The bounds above are those of BIND.
const (
	leastRefresh, mostRefresh = 10 * time.Second, 28 * 24 * time.Hour
	leastRetry, mostRetry     = 2 * time.Second, 14 * 24 * time.Hour
	mostExpire                = 168 * 24 * time.Hour
)

// timersOf are the timers of a zone, within the bounds. A zone expires no sooner than it was asked for and once more
// again.
func timersOf(z *zones.Zone) timers {
	soa := z.SOA().RData(0)
	field := func(fromEnd int) time.Duration {
		return time.Duration(binary.BigEndian.Uint32(soa[len(soa)-fromEnd:])) * time.Second
	}
	t := timers{
		refresh: min(max(field(16), leastRefresh), mostRefresh),
		retry:   min(max(field(12), leastRetry), mostRetry),
		expire:  min(field(8), mostExpire),
	}
	t.expire = max(t.expire, t.refresh+t.retry)
	return t
}

// What a zone that was never transferred is asked for again after: it doubles each time.
const firstRetry, lastRetry = time.Second, 5 * time.Minute

// backoff is how long to wait after so many failures in a row, of a zone that was never transferred.
func backoff(failures int) time.Duration {
	return min(firstRetry<<min(failures-1, 20), lastRetry)
}

// jitter takes up to a tenth off, so that zones that came together do not ask together for ever.
func jitter(d time.Duration) time.Duration { return d - time.Duration(rand.Int64N(int64(d)/10+1)) }
