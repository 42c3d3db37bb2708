package dnsserver

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// updatable is a server of which ours may update example.net from 192.0.2.0/24, and nobody anything else.
func updatable(t testing.TB) *Server {
	t.Helper()
	zone, err := assemble("example.net.", "example.net. 60 IN SOA ns1.example.net. hostmaster.example.net. 7 3600 600 86400 60",
		"example.net. 60 IN NS ns1.example.net.", "ns1.example.net. 60 IN A 192.0.2.53", "two.example.net. 60 IN A 192.0.2.1",
		"two.example.net. 60 IN A 192.0.2.2", "*.wild.example.net. 60 IN A 192.0.2.3", "Mail.example.net. 60 IN MX 10 Two.example.net.")
	if err != nil {
		t.Fatal(err)
	}
	s := open(zone.With([]zones.Record{{Owner: zoneName(t, "_acme-challenge.example.net."), Type: typeTXT, RData: "\x03old"}}), zones.Unready(zoneName(t, "late.example."), "late"))
	s.View().Access.Update = []Rule{{Zones: []zones.Name{zoneName(t, "example.net."), zoneName(t, "late.example.")},
		Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Key: ours.Name}}
	return s
}

// updateOf is an update of example.net: of each line the first character says what is to be done with the record behind it.
//
//	=   it is there, in an RRset of just such       !   the RRset is there         -   the RRset is not there
//	@   the name is in use                          #   the name is not in use
//	+   add it                                      /   take it away               ~   take the RRset away   %   all of the name
func updateOf(t testing.TB, lines ...string) *dns.Msg {
	t.Helper()
	m := new(dns.Msg).SetUpdate("example.net.")
	m.SetEdns0(1232, false)
	for _, line := range lines {
		rr, err := dns.NewRR(line[1:])
		if err != nil {
			t.Fatal(err)
		}
		do := map[byte]func([]dns.RR){'=': m.Used, '!': m.RRsetUsed, '-': m.RRsetNotUsed, '@': m.NameUsed, '#': m.NameNotUsed,
			'+': m.Insert, '/': m.Remove, '~': m.RemoveRRset, '%': m.RemoveName}[line[0]]
		do([]dns.RR{rr})
		if line[0] == '=' {
			m.Answer[len(m.Answer)-1].Header().Ttl = 0
		}
	}
	return m
}

const challengeAt = "_acme-challenge.example.net. 60 IN TXT "

// The rows are those of the charts above update, unmet and prescan.
func TestUpdate(t *testing.T) {
	s := updatable(t)
	with := func(m *dns.Msg, change func(*dns.Msg)) *dns.Msg { change(m); return m }
	tweak := func(line string, change func(*dns.RR_Header)) *dns.Msg {
		m := updateOf(t, line)
		change(append(m.Answer, m.Ns...)[0].Header())
		return m
	}
	good := func() *dns.Msg { return updateOf(t, "+"+challengeAt+"new") }
	for _, row := range []struct {
		msg    *dns.Msg
		client string
		key    *tsig.Key
		want   string
	}{
		{good(), "192.0.2.1", ours, "NOERROR signed [+_acme-challenge.example.net new]"},
		{with(good(), func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeA }), "192.0.2.1", ours, "FORMERR signed"},
		{with(good(), func(m *dns.Msg) { m.Question = nil }), "192.0.2.1", ours, "FORMERR"},
		{with(good(), func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }), "192.0.2.1", ours, "NOTAUTH signed"},
		{with(good(), func(m *dns.Msg) { m.Question[0].Name = "two.example.net." }), "192.0.2.1", ours, "NOTAUTH signed"},
		{good(), "192.0.2.1", nil, "REFUSED: update of this zone wants a signature (TSIG)"},
		{good(), "192.0.2.1", others, "REFUSED signed: update of this zone is not allowed with this key"},
		{good(), "192.0.2.1", nobodys, "NOTAUTH BADKEY"},
		{good(), "198.51.100.1", ours, "REFUSED signed: update of this zone is not allowed to this address"},
		{with(good(), func(m *dns.Msg) { m.Question[0].Name = "late.example." }), "192.0.2.1", ours, "SERVFAIL signed: late"},

		{updateOf(t, "@two.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "@none.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NXDOMAIN signed"},
		{updateOf(t, "@x.wild.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NXDOMAIN signed"},
		{updateOf(t, "@wild.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NXDOMAIN signed"},
		{updateOf(t, "!two.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "!TWO.example.net. 0 IN TXT x"), "192.0.2.1", ours, "NXRRSET signed"},
		{updateOf(t, "#none.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "#two.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "YXDOMAIN signed"},
		{updateOf(t, "-two.example.net. 0 IN TXT x"), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "-"+challengeAt+"x", "+"+challengeAt+"new"), "192.0.2.1", ours, "YXRRSET signed"},
		{updateOf(t, "=two.example.net. 0 IN A 192.0.2.2", "=two.example.net. 0 IN A 192.0.2.1"), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "=two.example.net. 0 IN A 192.0.2.2"), "192.0.2.1", ours, "NXRRSET signed"},
		{updateOf(t, "=two.example.net. 0 IN A 192.0.2.2", "=two.example.net. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NXRRSET signed"},
		{updateOf(t, "=mail.example.net. 0 IN MX 10 two.EXAMPLE.net."), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "="+challengeAt+"old", "/"+challengeAt+"old"), "192.0.2.1", ours, "NOERROR signed [-_acme-challenge.example.net old]"},
		{updateOf(t, "@two.example.org. 0 IN A 192.0.2.9"), "192.0.2.1", ours, "NOTZONE signed"},
		{tweak("@two.example.net. 0 IN A 192.0.2.9", func(h *dns.RR_Header) { h.Ttl = 1 }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("@two.example.net. 0 IN A 192.0.2.9", func(h *dns.RR_Header) { h.Class = dns.ClassCHAOS }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("@two.example.net. 0 IN A 192.0.2.9", func(h *dns.RR_Header) { h.Class = dns.ClassINET }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("!two.example.net. 0 IN A 192.0.2.9", func(h *dns.RR_Header) { h.Rrtype = dns.TypeAXFR }), "192.0.2.1", ours, "FORMERR signed"},

		{updateOf(t), "192.0.2.1", ours, "NOERROR signed"},
		{updateOf(t, "~"+challengeAt+"x", "+"+challengeAt+"a", "+"+challengeAt+"b"), "192.0.2.1", ours,
			"NOERROR signed [-_acme-challenge.example.net  +_acme-challenge.example.net a +_acme-challenge.example.net b]"},
		{updateOf(t, "%_acme-challenge.X.example.net. 0 IN A 192.0.2.1"), "192.0.2.1", ours, "NOERROR signed [-_acme-challenge.x.example.net ]"},
		{updateOf(t, "+_acme-challenge.example.org. 60 IN TXT x"), "192.0.2.1", ours, "NOTZONE signed"},
		{tweak("+"+challengeAt+"x", func(h *dns.RR_Header) { h.Class = dns.ClassCHAOS }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("~"+challengeAt+"x", func(h *dns.RR_Header) { h.Ttl = 1 }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("/"+challengeAt+"x", func(h *dns.RR_Header) { h.Ttl = 1 }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("%_acme-challenge.example.net. 0 IN A 192.0.2.1", func(h *dns.RR_Header) { h.Class = dns.ClassNONE }), "192.0.2.1", ours, "FORMERR signed"},
		{tweak("~"+challengeAt+"x", func(h *dns.RR_Header) { h.Rrtype = dns.TypeMAILA }), "192.0.2.1", ours, "FORMERR signed"},
		{updateOf(t, "+www.example.net. 60 IN A 192.0.2.9", "+www.example.org. 60 IN A 192.0.2.9"), "192.0.2.1", ours, "NOTZONE signed"},

		{updateOf(t, "+"+challengeAt+"new", "+www.example.net. 60 IN TXT x"), "192.0.2.1", ours,
			"REFUSED signed: www.example.net: only _acme-challenge names can be updated here, all else stands in zone files"},
		{updateOf(t, "%example.net. 0 IN TXT x"), "192.0.2.1", ours, "REFUSED signed: example.net: only _acme-challenge names can be updated here, all else stands in zone files"},
		{updateOf(t, "+_acme-challenge.example.net. 60 IN A 192.0.2.9"), "192.0.2.1", ours, "REFUSED signed: _acme-challenge.example.net A: only TXT can be updated here"},
		{updateOf(t, "+"+challengeAt+"a b"), "192.0.2.1", ours, "REFUSED signed: _acme-challenge.example.net: a TXT record of one string is wanted, which is not empty"},
		{updateOf(t, "+"+challengeAt+`""`), "192.0.2.1", ours, "REFUSED signed: _acme-challenge.example.net: a TXT record of one string is wanted, which is not empty"},
		{updateOf(t, "+"+challengeAt+"bad"), "192.0.2.1", ours, "REFUSED signed: it cannot be [+_acme-challenge.example.net bad]"},
	} {
		for _, transport := range []Transport{UDP, TCP} {
			var asked []string
			told := ""
			s.OnUpdate = func(u Update) error {
				for _, c := range u.Changes {
					asked = append(asked, fmt.Sprint(map[bool]string{true: "-", false: "+"}[c.Remove], c.Name.Bare(), " ", c.Token))
				}
				if u.Key != ours.Name || u.Zone != zoneName(t, "example.net.") || u.From.String() != row.client {
					t.Errorf("%+v", u)
				}
				if u.Changes[0].Token == "bad" {
					return errors.New("it cannot be")
				}
				return nil
			}
			s.OnUpdateRefused = func(_ Update, why string) { told = why }
			wire, err := row.msg.Pack()
			if err != nil {
				t.Fatal(err)
			}
			signed, verifier := sign(wire, row.key)
			response := s.Answer(signed, netip.MustParseAddr(row.client), transport, nil)
			got := outcome(t, response, verifier)
			if told != "" && !strings.HasSuffix(got, told) {
				t.Errorf("refused because %s, and told because %s", got, told)
			}
			if len(asked) > 0 {
				got += fmt.Sprint(" ", asked)
			}
			if got != row.want {
				t.Errorf("%s %s\n%s: %s, want %s", transport, row.client, row.msg, got, row.want)
			}
		}
	}
	results := map[string]uint64{}
	s.Count(Counts{Update: func(result string, n uint64) { results[result] = n }})
	for result, n := range results {
		if n == 0 {
			t.Errorf("none is counted as %s", result)
		}
	}
}

// A server that is told of no updates refuses them.
func TestUpdateOfNobody(t *testing.T) {
	s := updatable(t)
	wire, err := updateOf(t, "+"+challengeAt+"new").Pack()
	if err != nil {
		t.Fatal(err)
	}
	signed, verifier := sign(wire, ours)
	if got := outcome(t, s.Answer(signed, netip.MustParseAddr("192.0.2.1"), UDP, nil), verifier); got != "REFUSED signed: no updates are taken here" {
		t.Error(got)
	}
}

// FuzzUpdate wants of any octets that are signed as an update by who may, a response that can be read; and of what is to be
// done only what may be.
func FuzzUpdate(f *testing.F) {
	for _, lines := range [][]string{{"+" + challengeAt + "new"}, {"=two.example.net. 0 IN A 192.0.2.1", "#x.example.net. 0 IN A 192.0.2.1", "~" + challengeAt + "x", "/" + challengeAt + "y"}} {
		wire, err := updateOf(f, lines...).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	s := updatable(f)
	s.OnUpdate = func(u Update) error {
		for _, c := range u.Changes {
			if !strings.HasPrefix(string(c.Name), ChallengeLabel) || len(c.Token) > 255 || c.Token == "" && !c.Remove || !s.View().Zones.Zone(u.Zone).Contains(c.Name) {
				f.Errorf("%+v", c)
			}
		}
		return nil
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		if len(packet) < headerSize || len(packet) > 1<<15 {
			return
		}
		packet[2] = opcodeUpdate << 3
		signed, _ := tsig.Ask(ours, packet, time.Now())
		for _, transport := range []Transport{UDP, TCP} {
			if response := s.Answer(signed, netip.MustParseAddr("192.0.2.1"), transport, nil); len(response) > 0 {
				checkReply(t, signed, response, transport)
			}
		}
	})
}

// A challenge is answered as any other record, without an allocation, and so is the zone beside it.
func TestChallengeAllocatesNothing(t *testing.T) {
	s := updatable(t)
	out := make([]byte, 0, maxMessage)
	for _, question := range []string{"_acme-challenge.example.net. TXT", "_acme-challenge.example.net. A", "two.example.net. A", "none.example.net. A"} {
		packet := request(t, question)
		if n := testing.AllocsPerRun(100, func() { s.Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, out) }); n != 0 {
			t.Errorf("%s: %v allocations", question, n)
		}
	}
}
