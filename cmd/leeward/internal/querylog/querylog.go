// Package querylog logs a few of the queries, each with its answer and the reason of the steering in words. Which are logged is
// chosen while answers are given, and costs them no more than a copy; why they were answered as they were is found out later,
// from the view that answered.
package querylog

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/capture"
	"leeward/dnsserver"
	"leeward/zones"
)

// Options are what is logged.
type Options struct {
	Sample int  // one query in so many
	Most   int  // a second
	Whole  bool // all that is known of the client's address, not only what its answer depends on
	Logger *slog.Logger
}

// room is for the queries of a second, and far more, unless they are very large.
const room = 1 << 20

// Log is a log of queries.
type Log struct {
	opts  Options
	queue *capture.Queue
}

// New makes a log. Nothing is logged before Run.
func New(o Options) *Log {
	return &Log{opts: o, queue: capture.New(capture.Options{Every: o.Sample, Room: room, Limit: true})}
}

// Offer takes exchanges, as a tap of the server.
func (l *Log) Offer(batch []dnsserver.Exchange) { l.queue.Offer(batch) }

// Run logs until the context ends.
func (l *Log) Run(ctx context.Context) error {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	l.queue.Allow(l.opts.Most)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-second.C:
			l.queue.Allow(l.opts.Most)
		case b := <-l.queue.Full():
			for i := range b.Exchanges {
				l.logSafely(ctx, &b.Exchanges[i])
			}
			l.queue.Done(b)
		}
	}
}

// logSafely keeps a defect in explaining from ending the service, as the transports keep one in answering.
func (l *Log) logSafely(ctx context.Context, x *dnsserver.Exchange) {
	defer func() {
		if defect := recover(); defect != nil {
			l.opts.Logger.Error("explaining a query met a defect; please report it", "query", fmt.Sprintf("%x", x.Query), "defect", defect,
				"stack", string(debug.Stack()))
		}
	}()
	l.log(ctx, x)
}

// log logs one exchange.
func (l *Log) log(ctx context.Context, x *dnsserver.Exchange) {
	asked, ok := x.Question()
	if !ok {
		return
	}
	rcode := "none"
	if r := x.Rcode(); r >= 0 {
		rcode = dns.RcodeToString[r]
	}
	client, by := asker(asked.Asker)
	e, why := explain(x, asked)
	if !l.opts.Whole {
		client = cut(client, e.Scope)
	}
	args := []slog.Attr{slog.String("name", asked.Name.String()), slog.String("type", zones.TypeName(asked.Type)), slog.String("rcode", rcode),
		slog.String("transport", x.Transport.String()), slog.String("client", client.String()), slog.String("by", by)}
	if zone := x.Zone(asked); zone != nil {
		args = append(args, slog.String("zone", zone.Origin().Bare())) // as all lines of the log have it
	}
	if e.Row > 0 {
		args = append(args, slog.String("colo", e.Colo), slog.Int("row", e.Row), slog.String("region", e.Region), slog.Int("scope", e.Scope))
	}
	if e.Rcode != "" {
		args = append(args, slog.Int("ttl", int(e.TTL)))
	}
	args = append(args, slog.String("reason", why), slog.String("took", x.Answered.Sub(x.Taken).Round(time.Microsecond).String()))
	l.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "query", args...)
}

// asker is the prefix that stands for the client, and who told it: ecs or resolver.
func asker(a dnsserver.Asker) (client netip.Prefix, by string) {
	if a.Subnet.IsValid() && a.Subnet.Bits() > 0 {
		return a.Subnet.Masked(), "ecs"
	}
	return netip.PrefixFrom(a.Resolver, a.Resolver.BitLen()), "resolver"
}

// How much of an address is logged at the most, in bits, of what the answer depends on.
const (
	most4 = 24
	most6 = 56
)

// cut leaves of a prefix what the answer depends on, and no more than is usual. An answer that does not depend on the client
// leaves nothing.
func cut(client netip.Prefix, scope int) netip.Prefix {
	most := most6
	if client.Addr().Is4() {
		most = most4
	}
	return netip.PrefixFrom(client.Addr(), min(client.Bits(), scope, most)).Masked()
}

// explain says why an exchange went as it did. The first row that fits:
//
//	the view is not known                      that it changed just then
//	an opcode other than QUERY, a transfer,    that it is not explained
//	    a class other than IN, no name
//	otherwise                                  as explain says
func explain(x *dnsserver.Exchange, asked dnsserver.Question) (e *dnsserver.Explanation, why string) {
	e = &dnsserver.Explanation{}
	switch {
	case x.View == nil:
		return e, "the view changed just then: it is not known which one answered"
	case asked.Opcode != dns.OpcodeQuery || asked.Type == dns.TypeAXFR || asked.Type == dns.TypeIXFR || asked.Class != dns.ClassINET || asked.Name == "":
		return e, "more or less than a question about a name: not explained"
	}
	explained, err := x.View.Reason(asked.Name, asked.Type, scoped(asked.Asker))
	if err != nil {
		return e, err.Error()
	}
	return explained, explained.Reason
}

// scoped has a resolver's address stand for a client's subnet, so that the scope of the answer is told.
func scoped(a dnsserver.Asker) dnsserver.Asker {
	if !a.Subnet.IsValid() || a.Subnet.Bits() == 0 {
		a.Subnet = netip.PrefixFrom(a.Resolver, a.Resolver.BitLen())
	}
	return a
}
