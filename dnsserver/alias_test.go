package dnsserver

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/zones"
)

// aliasWorld is two random zones, in which names lead to each other by CNAME, ALIAS and DNAME, and some have addresses.
type aliasWorld struct {
	text  map[string]string // of the zones, by origin
	links map[string]link   // by owner
	kinds map[string]string // of all names that exist: A, TXT, CNAME, ALIAS
}

type link struct {
	kind, target string
	ttl          uint32
}

func randomAliasWorld(draw *rand.Rand) *aliasWorld {
	w := &aliasWorld{text: map[string]string{}, links: map[string]link{}, kinds: map[string]string{}}
	var names []string
	for _, origin := range []string{"one.example.", "two.example."} {
		for i := range 8 {
			names = append(names, fmt.Sprintf("n%d.%s", i, origin))
		}
	}
	addresses := []string{"127.1.1.1", "127.1.2.1", "127.2.1.1", "127.6.1.1", "127.6.2.1", "192.0.2.1"}
	policies := []string{"", "", "policy=all", "policy=weighted; weight=ams:1,nrt:3", "policy=failover; order=nrt,lhr,ams", "empty=closed", "fallback=203.0.113.7"}
	for _, name := range names {
		ttl := []uint32{3, 20, 40, 600}[draw.IntN(4)]
		_, origin, _ := strings.Cut(name, ".")
		line := ""
		switch kind := []string{"A", "A", "A", "TXT", "CNAME", "ALIAS", "ALIAS", "none"}[draw.IntN(8)]; kind {
		case "A":
			for _, a := range draw.Perm(len(addresses))[:1+draw.IntN(len(addresses))] {
				line += fmt.Sprintf("%s %d A %s\n", name, ttl, addresses[a])
			}
			if p := policies[draw.IntN(len(policies))]; p != "" && strings.Contains(line, "127.6.") {
				line += fmt.Sprintf("_steer.%s 60 TXT \"v=steer1; %s\"\n", name, p)
			}
			w.kinds[name] = kind
		case "TXT":
			line = fmt.Sprintf("%s %d TXT x\n", name, ttl)
			w.kinds[name] = kind
		case "CNAME", "ALIAS":
			target := append(names, "out.example.org.", "x.old.one.example.", "n1.old.one.example.")[draw.IntN(len(names)+3)]
			line = fmt.Sprintf("%s %d %s %s\n", name, ttl, kind, target)
			w.kinds[name], w.links[name] = kind, link{kind, target, ttl}
		}
		w.text[origin] += line
	}
	w.text["one.example."] += "old.one.example. 30 DNAME two.example.\n"
	return w
}

// end follows a name as a person would, with a finger on the page: the name whose addresses are meant and the least TTL of the
// records on the way, or why there is none.
func (w *aliasWorld) end(name string) (last string, ttl uint32, dead bool) {
	ttl = 1 << 30
	for range zones.MaxChain {
		if first, ok := strings.CutSuffix(name, ".old.one.example."); ok {
			name, ttl = first+".two.example.", min(ttl, 30)
			continue
		}
		l, leads := w.links[name]
		if !leads {
			return name, ttl, w.kinds[name] == ""
		}
		name, ttl = l.target, min(ttl, l.ttl)
	}
	return "", 0, true
}

// An ALIAS is answered with what its target is answered with, whatever the policy, the client and the health: addresses, scope
// and reasons, with the least TTL on the way.
func TestAliasAnswersAsItsTarget(t *testing.T) {
	w := newWorld(t)
	uplinks := []string{"ams/northway", "ams/eastlink", "lhr/northway", "nrt/eastlink", "nrt/transpac"}
	answered, dead, empty := 0, 0, 0
	for seed := range uint64(300) {
		draw := rand.New(rand.NewPCG(seed, 3))
		world := randomAliasWorld(draw)
		var list []*zones.Zone
		for origin, text := range world.text {
			list = append(list, zoneOf(t, w.network, origin, text))
		}
		w.view.Zones = zones.NewSet(list...)
		facts := w.facts(t, some(draw, uplinks), some(draw, uplinks)[:0])
		if draw.IntN(3) == 0 {
			w.rise(&facts, uplinks[draw.IntN(len(uplinks))], draw.IntN(100))
		}
		w.publish(facts)
		subnet := anyPrefix(draw)
		for name, l := range world.links {
			if l.kind != "ALIAS" {
				continue
			}
			last, ttl, none := world.end(name)
			got := w.asked(t, name, dns.TypeA, subnet)
			if none {
				if dead++; got.Rcode != dns.RcodeServerFailure || len(got.Answer) > 0 || got.Authoritative {
					t.Fatalf("seed %d: %s leads nowhere, and is answered\n%s", seed, name, got)
				}
				continue
			}
			want := w.asked(t, last, dns.TypeA, subnet)
			if len(want.Answer) == 0 {
				empty++
				soa := want.Ns[0].Header()
				if soa.Name = got.Ns[0].Header().Name; world.kinds[last] == "A" { // each has the SOA of its own zone
					soa.Ttl = min(ttl, soa.Ttl) // no address by its policy, for as long as an address would hold
				}
			}
			answered++
			if a, b := inBrief(got, name, ttl), inBrief(want, name, ttl); a != b {
				t.Fatalf("seed %d: %s, from %s:\n%s\n%s is answered\n%s", seed, name, subnet, a, last, b)
			}
		}
	}
	if answered < 200 || dead < 100 || empty < 20 {
		t.Errorf("%d answered, %d of them with nothing, %d dead: the worlds are too small", answered, empty, dead)
	}
}

// inBrief is a response with another owner, and with no TTL above the one given.
func inBrief(m *dns.Msg, owner string, ttl uint32) string {
	var lines []string
	for _, rr := range m.Answer {
		rr.Header().Name, rr.Header().Ttl = owner, min(ttl, rr.Header().Ttl)
		lines = append(lines, rr.String())
	}
	for _, rr := range m.Ns {
		lines = append(lines, rr.Header().String())
	}
	slices.Sort(lines)
	return fmt.Sprint(dns.RcodeToString[m.Rcode], m.Authoritative, m.IsEdns0().Option, "\n", strings.Join(lines, "\n"))
}

func some(draw *rand.Rand, of []string) []string {
	shuffled := slices.Clone(of)
	draw.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled[:draw.IntN(len(shuffled)+1)]
}

// zoneOf is a zone of some lines, which have full names.
func zoneOf(t testing.TB, network *steering.Network, origin, lines string) *zones.Zone {
	t.Helper()
	name, err := zones.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/zone"
	if err := os.WriteFile(file, []byte("@ 60 SOA ns host 1 2 3 4 60\n@ 60 NS ns\n"+lines), 0o600); err != nil {
		t.Fatal(err)
	}
	z, _, err := zones.Parse(zones.Source{Origin: name, File: file, Network: network})
	if err != nil {
		t.Fatalf("%v in\n%s", err, lines)
	}
	return z
}

// asked is the response to a client of a subnet.
func (w *world) asked(t testing.TB, name string, qtype uint16, subnet netip.Prefix) *dns.Msg {
	t.Helper()
	m := new(dns.Msg).SetQuestion(name, qtype)
	opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}}
	ednsWord(t, opt, "subnet", subnet.String())
	m.Extra = []dns.RR{opt}
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	response := new(dns.Msg)
	if err := response.Unpack(w.server.Answer(query, netip.MustParseAddr("192.0.2.99"), TCP, nil)); err != nil {
		t.Fatal(err)
	}
	return response
}

// A transfer has the ALIAS itself, without compression (RFC 3597 section 4), and all hints: who has it answers the same.
func TestTransferOfAlias(t *testing.T) {
	w := newWorld(t)
	zone := w.view.Zones.Zone("\x05alias\x07example\x00")
	list := messages(t, open(zone), transferQuery(t, zone.Origin().String()+" AXFR"), "192.0.2.1", nil)
	a := zones.Assemble(zone.Origin())
	seen := map[string]bool{}
	for _, m := range list {
		for _, rr := range m.Answer {
			seen[strings.ReplaceAll(rr.String(), "\t", " ")] = true
			if err := a.Add(rr); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []string{
		`alias.example. 600 CLASS1 TYPE65401 \# 19 0377777705616c696173076578616d706c6500`,
		`again.alias.example. 600 CLASS1 TYPE65401 \# 21 0553686f727405616c696173076578616d706c6500`,
		`alias.example. 300 IN HTTPS 1 . alpn="h2" ipv4hint="127.1.1.1,127.1.2.1,127.2.1.1,127.6.1.1" ipv6hint="2001:db8::1"`,
	} {
		if !seen[want] {
			t.Errorf("the transfer lacks %s", want)
		}
	}
	there, err := a.Zone(w.network)
	if err != nil || there.Digest() != zone.Digest() {
		t.Fatalf("it is another zone: %v", err)
	}
	w.view.Zones = w.view.Zones.With(there)
	if got := w.ask(t, "alias.example. A subnet=133.11.0.0/16"); !strings.Contains(got, "answer alias.example. 30 IN A 127.6.1.1\n") {
		t.Error(got)
	}
}

// An answer by an ALIAS counts as one of its target does; hints do not count.
func TestTallyOfAlias(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, nil, nil))
	subnet := netip.MustParsePrefix("81.2.69.0/24") // nearest to lhr
	for i, row := range []struct {
		name  string
		qtype uint16
		want  uint64
	}{{"www.alias.example.", dns.TypeA, 1}, {"alias.example.", dns.TypeA, 2}, {"alias.example.", dns.TypeHTTPS, 2}, {"plain.alias.example.", dns.TypeA, 2}} {
		w.asked(t, row.name, row.qtype, subnet)
		if got := w.view.Tally.Count(1, steering.RowHealthy); got != row.want {
			t.Errorf("%d: after %s there are %d answers, want %d", i, row.name, got, row.want)
		}
	}
}
