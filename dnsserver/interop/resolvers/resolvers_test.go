package resolvers

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver/internal/peers"
)

// names are those of the zone, but for steady, which is long in caches.
var names = []string{"nearest", "failover", "weighted", "spread", "all", "none", "closed", "fallback", "alias", "two"}

// slack is how much longer than the TTL an answer may come from a cache: resolvers count whole seconds, and begin anywhere in
// the first.
const slack = 2 * time.Second

// maxTTL is the longest TTL of the zone's names.
const maxTTL = 2 * time.Second

// TestResolvers: behind resolvers that cache by scope every client gets the answer that Leeward has for it, before and after a
// colo fails. Where resolvers pass on all bits, clients are told apart by all of them; where they pass on as many as resolvers
// do by default, all clients of a prefix are one.
func TestResolvers(t *testing.T) {
	for _, p := range products {
		peers.Installed(t, p.program)
		for _, cut := range []lengths{{32, 128}, {24, 56}} {
			t.Run(fmt.Sprintf("%s /%d /%d", p.name, cut.v4, cut.v6), func(t *testing.T) {
				t.Parallel()
				l := newLeeward(t)
				r := start(t, p, l, l.serve(t), cut)
				r.shared(t)
				r.follow(t)
			})
		}
	}
}

// resolver is a resolver at work in front of a Leeward.
type resolver struct {
	*peers.Peer
	leeward *leeward
	clients []netip.Prefix
	conn    *dns.Conn
}

// start starts a resolver, and returns when it answers.
func start(t *testing.T, p product, l *leeward, server netip.AddrPort, cut lengths) *resolver {
	t.Helper()
	peer, err := peers.Launch(t, p.before(server, cut))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dns.Dial("udp", peer.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &resolver{peer, l, clients(t, cut), conn}
	next := time.NewTicker(20 * time.Millisecond)
	defer next.Stop()
	for deadline := time.Now().Add(peers.Patience); ; <-next.C {
		if m, err := r.exchange(new(dns.Msg).SetQuestion("ns1."+origin, dns.TypeAAAA)); err == nil && m.Rcode == dns.RcodeSuccess {
			return r
		}
		select {
		case <-peer.Ended:
			t.Fatalf("%s has ended:\n%s", p.name, peer.Log())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer:\n%s", p.name, peer.Log())
		}
	}
}

// exchange asks the resolver.
func (r *resolver) exchange(m *dns.Msg) (*dns.Msg, error) {
	m.RecursionDesired = true
	response, _, err := (&dns.Client{Timeout: 5 * time.Second}).ExchangeWithConn(m, r.conn)
	return response, err
}

// ask is what the resolver answers a client.
func (r *resolver) ask(t *testing.T, name string, client netip.Prefix) string {
	t.Helper()
	m, err := r.exchange(question(name, client))
	if err != nil {
		t.Fatalf("%s for %s: %v\n%s", name, client, err, r.Log())
	}
	return addressesIn(m)
}

// shared: the resolver asks Leeward once for each prefix in which the answer is the same, and then never again.
func (r *resolver) shared(t *testing.T) {
	t.Helper()
	prefixes, lines := map[netip.Prefix]bool{}, netsLines(t)
	for _, client := range r.clients {
		prefixes[sharing(lines, client)] = true
	}
	for _, want := range []int{len(prefixes), 0} {
		before := r.leeward.queries()
		for _, client := range r.clients {
			if got, want := r.ask(t, "steady", client), r.leeward.answer(t, "steady", client); got != want {
				t.Errorf("%s: steady is answered %q, not %q", client, got, want)
			}
		}
		if asked := r.leeward.queries() - before; asked != want {
			t.Errorf("%d queries for %d clients in %d prefixes, not %d", asked, len(r.clients), len(prefixes), want)
		}
	}
	t.Logf("%d clients in %d prefixes", len(r.clients), len(prefixes))
}

// answers are what everybody has to be answered now, by name and client.
type answers map[string]map[netip.Prefix]string

func (r *resolver) right(t *testing.T) answers {
	all := answers{}
	for _, name := range names {
		all[name] = map[netip.Prefix]string{}
		for _, client := range r.clients {
			all[name][client] = r.leeward.answer(t, name, client)
		}
	}
	return all
}

// follow has colos fail and come back, and wants everybody answered right all the time.
func (r *resolver) follow(t *testing.T) {
	t.Helper()
	for _, down := range [][]string{nil, {"iad"}, {"ams", "iad"}, nil} {
		if seen := r.change(t, down...); seen.wrong > 0 || seen.fromCache < seen.asked/2 {
			t.Errorf("down: %v. %s", down, seen)
		}
	}
}

// change has some colos be down and no others, and looks at what becomes of the answers.
func (r *resolver) change(t *testing.T, down ...string) sight {
	t.Helper()
	before := r.right(t)
	r.leeward.down(down...)
	changed := time.Now()
	after := r.right(t)
	moved := 0
	for name := range after {
		for client, answer := range after[name] {
			if answer != before[name][client] {
				moved++
			}
		}
	}
	if moved == 0 && down != nil {
		t.Fatalf("nobody is moved when %v are down", down)
	}
	seen := r.watch(t, before, after, changed)
	t.Logf("down: %v. %d answers of %d others than before. %s", down, moved, len(names)*len(r.clients), seen)
	return seen
}

// sight is what was seen of a resolver's answers.
type sight struct {
	asked, fromCache, old, wrong int
	example                      string // of a wrong one
}

func (s sight) String() string {
	return fmt.Sprintf("%d answers, %d of them from the cache, %d still those before, %d wrong %s", s.asked, s.fromCache, s.old, s.wrong, s.example)
}

// watch asks for everybody, again and again, until all has been asked for once after whatever was cached before is over.
//
//	asked                            right
//	up to TTL and slack after the    what Leeward says now, and what it said before
//	    change
//	later                            what Leeward says now
func (r *resolver) watch(t *testing.T, before, after answers, changed time.Time) (s sight) {
	t.Helper()
	queries := r.leeward.queries()
	over := changed.Add(maxTTL + slack)
	next := time.NewTicker(250 * time.Millisecond)
	defer next.Stop()
	for last := false; !last; <-next.C {
		last = time.Now().After(over)
		for _, name := range names {
			for _, client := range r.clients {
				began := time.Now()
				got := r.ask(t, name, client)
				s.asked++
				switch {
				case got == after[name][client]:
				case got == before[name][client] && !began.After(over):
					s.old++
				default:
					s.wrong++
					s.example = fmt.Sprintf("(%s for %s: %q, not %q)", name, client, got, after[name][client])
				}
			}
		}
	}
	s.fromCache = s.asked - (r.leeward.queries() - queries)
	return s
}
