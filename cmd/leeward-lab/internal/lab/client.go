//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// How long a client waits for its resolver, and for a page: so long that a machine with too much to do is no outage.
const (
	resolveTime = 5 * time.Second
	fetchTime   = 4 * time.Second
)

// TryTime is the longest that one try takes.
const TryTime = resolveTime + fetchTime

// client asks its resolver, and fetches a page from the first address it got, again and again.
type client struct {
	name     string
	space    *netns.Namespace
	from     netip.Addr
	resolver netip.Addr
	record   *Record
}

// startResolvers starts two resolvers in every eyeball network, one of which tells nameservers where its client is.
func (l *Lab) startResolvers(ctx context.Context) error {
	for _, e := range l.World.Eyes {
		for _, host := range []byte{plan.ResolverHost, plan.PlainHost} {
			dir := filepath.Join(l.Dir, fmt.Sprintf("%s-%d", e.Name, host))
			if err := write(filepath.Join(dir, "unbound.conf"), l.World.Resolver(e, host, dir)); err != nil {
				return err
			}
			p, err := start(l.spaces[e.Name], dir, logFile, nil, "unbound", "-d", "-c", filepath.Join(dir, "unbound.conf"))
			if err != nil {
				return err
			}
			l.others = append(l.others, p)
		}
	}
	return nil
}

// watchClients starts a client for every resolver.
func (l *Lab) watchClients(ctx context.Context) {
	names := l.Record.Clients()
	for i, e := range l.World.Eyes {
		for k, host := range []byte{plan.ResolverHost, plan.PlainHost} {
			c := &client{name: names[2*i+k], space: l.spaces[e.Name], from: e.Host(plan.ClientHost), resolver: e.Host(host), record: l.Record}
			l.watches.Go(func() { c.run(ctx, &l.watches, l.opts.Interval) })
		}
	}
}

type starter interface{ Go(func()) }

func (c *client) run(ctx context.Context, others starter, every time.Duration) {
	next := time.NewTicker(every)
	defer next.Stop()
	for {
		tick := c.record.begin(c.name, time.Now())
		others.Go(func() {
			answer, err := c.try(ctx)
			c.record.finish(tick, answer, err)
		})
		select {
		case <-next.C:
		case <-ctx.Done():
			return
		}
	}
}

// try resolves and fetches once.
func (c *client) try(ctx context.Context) (plan.Answer, error) {
	resolve, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	m, err := exchange(resolve, c.space, c.from, c.resolver, new(dns.Msg).SetQuestion(plan.Name, dns.TypeA))
	if err != nil {
		return "", fmt.Errorf("resolving: %w", err)
	}
	answer := answerOf(m)
	addrs := addresses(m)
	if len(addrs) == 0 {
		return answer, fmt.Errorf("resolving: %s", answer)
	}
	fetch, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	return answer, c.fetch(fetch, addrs[0])
}

func (c *client) fetch(ctx context.Context, addr netip.Addr) error {
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			return c.space.Dial(ctx, "tcp4", c.from.String(), to)
		}}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr.String()+"/", nil)
	if err != nil {
		return err
	}
	response, err := web.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }
