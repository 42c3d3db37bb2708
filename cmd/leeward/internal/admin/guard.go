package admin

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"leeward/cmd/leeward/internal/audit"
)

// Guard knows who may do what on one node, at all of its doors. It counts whom it refuses, and keeps the record of what
// was ordered.
type Guard struct {
	log    *slog.Logger
	audit  *audit.Log
	clock  func() time.Time
	access atomic.Pointer[Access]

	refused   [len(reasons)]atomic.Uint64
	strangers strangers
	futile    strangers // by who they are: orders that came to nothing
	origin    *http.CrossOriginProtection
}

// GuardOptions are what a guard is told.
type GuardOptions struct {
	Logger *slog.Logger
	Audit  *audit.Log
	Clock  func() time.Time // nil: the system's
}

// NewGuard makes a guard that lets nobody in by an address, before it is told of an access.
func NewGuard(o GuardOptions) *Guard {
	g := &Guard{log: o.Logger, audit: o.Audit, clock: o.Clock, origin: http.NewCrossOriginProtection()}
	if g.clock == nil {
		g.clock = time.Now
	}
	g.access.Store(&Access{})
	return g
}

// Admit replaces who may come in by an address. Requests under way go on as they were admitted.
func (g *Guard) Admit(a Access) { g.access.Store(&a) }

// Identity is the certificate that the node shows, as of the access in force; nil: none.
func (g *Guard) Identity() *Identity { return g.access.Load().Identity }

// Audit is the record of what was ordered.
func (g *Guard) Audit() *audit.Log { return g.audit }

// reason is why a request was refused, as a metric's label.
type reason int

const (
	refusedNothing     reason = iota // nothing was shown, and something is needed
	refusedToken                     // the token is not known
	refusedCertificate               // the certificate is not good, or its names are not known
	refusedRole                      // not for this role
	refusedHost                      // a browser may have been led here under another name
	refusedOrigin                    // another site's page asks in a browser
)

var reasons = [...]string{"nothing", "token", "certificate", "role", "host", "origin"}

// Refused visits the counts of requests refused, by reason.
func (g *Guard) Refused(visit func(reason string, n uint64)) {
	for i := range g.refused {
		visit(reasons[i], g.refused[i].Load())
	}
}

// denial is why a request is not let through, and what its caller can do about it.
type denial struct {
	reason reason
	status int
	words  string
}

// refuse counts and tells of a denial: who guesses tokens fills no log.
func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, who Caller, d *denial) {
	g.refused[d.reason].Add(1)
	if d.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="leeward"`)
	}
	if first, many := g.strangers.seen(hostOf(who.From), d.reason == refusedToken, g.clock()); many {
		d = &denial{d.reason, http.StatusTooManyRequests, "too many wrong tokens from this address: wait a minute"}
		w.Header().Set("Retry-After", "60")
	} else if first {
		g.log.Warn("admin request refused", "from", who.From, "who", who.String(), "what", what(r), "reason", d.words)
	}
	Fail(w, d.status, d.words)
}
