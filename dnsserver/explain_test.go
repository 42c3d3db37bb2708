package dnsserver

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

// What an explanation ends with, for every way a question can go.
func TestExplain(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, []string{"lhr/northway"}, nil))
	for _, row := range []struct {
		name, client string
		qtype        uint16
		want         string // zone rcode row scope ttl: reason
	}{
		{"www.example.com.", "81.2.69.0/24", dns.TypeA, "example.com. NOERROR 1 18 30: ams is the nearest colo with an address on an uplink that is up or at risk (row 1)"},
		{"www.example.com.", "133.11.0.5/32", dns.TypeA, "example.com. NOERROR 1 8 30: nrt is the nearest colo with an address on an uplink that is up or at risk (row 1)"},
		{"two.steer.example.", "81.2.69.0/24", dns.TypeA, "steer.example. NOERROR 1 18 30: its policy gives 2 of the addresses on uplinks that are up or at risk (row 1), of ams, nrt: no two of them share an upstream"},
		{"pinned.steer.example.", "133.12.9.0/24", dns.TypeA, "steer.example. NOERROR 1 24 30: nrt is the first colo, by the pin AS64500 to nrt, then as usual, with an address on an uplink that is up or at risk (row 1)"},
		{"below.origin.steer.example.", "81.2.69.0/24", dns.TypeA, "steer.example. NOERROR 5 0 5: no colo of it is healthy: the fallback of its policy answers"},
		{"below.inner.steer.example.", "", dns.TypeA, "steer.example. NOERROR 5 0 600: no colo of it is healthy: the fallback of its policy answers"},
		{"shop.example.com.", "0.0.0.0/0", dns.TypeA, "example.com. NOERROR 1 0 30: ams is the nearest colo with an address on an uplink that is up or at risk (row 1)"},
		{"mail.example.com.", "", dns.TypeA, "example.com. NOERROR 0 0 3600: answered as written: the addresses lie in fewer than two uplinks, or are none"},
		{"mail.example.com.", "", dns.TypeTXT, "example.com. NOERROR 0 0 300: nothing of this type is here"},
		{"nope.example.com.", "", dns.TypeA, "example.com. NXDOMAIN 0 0 300: the name does not exist"},
		{"x.sub.example.com.", "", dns.TypeA, "example.com. NOERROR 0 0 0: delegated: the client is referred to the name servers there"},
		{"outside.example.com.", "", dns.TypeA, "example.com. NOERROR 0 0 3600: the chain leads out of the zones served here, or in a circle: the client goes on by itself"},
		{"example.org.", "", dns.TypeA, " REFUSED 0 0 0: no zone served here contains example.org."},
		{"example.com.", "", dns.TypeAXFR, " REFUSED 0 0 0: a transfer is more than an answer, and is not explained"},
		{"example.com.", "", dns.TypeMAILA, " NOTIMP 0 0 0: MAILA is no type to ask for"},
	} {
		name, err := zones.ParseName(row.name)
		if err != nil {
			t.Fatal(err)
		}
		asker := Asker{Resolver: netip.MustParseAddr("127.0.0.1")}
		if row.client != "" {
			asker.Subnet = netip.MustParsePrefix(row.client)
		}
		e, err := w.server.Explain(name, row.qtype, asker)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join([]string{e.Zone, e.Rcode, strconv.Itoa(e.Row), strconv.Itoa(e.Scope), strconv.Itoa(int(e.TTL)) + ":", e.Reason}, " "); got != row.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", row.name, row.client, got, row.want)
		}
	}
}

// What is said of an ALIAS, and of hints: by the addresses that they lead to.
func TestExplainAlias(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, []string{"lhr/northway"}, nil))
	for _, row := range []struct {
		name  string
		qtype uint16
		want  string // zone rcode row scope ttl: reason; TTL's reason; steps
	}{
		{"short.alias.example.", dns.TypeA, `alias.example. NOERROR 1 18 10: ams is the nearest colo with an address on an uplink that is up or at risk (row 1)
the record's 10, at most ttl.max 30
short.alias.example.: zone alias.example. says that its addresses are those of www.alias.example. (ALIAS)
www.alias.example.: zone alias.example. has it`},
		{"plain.alias.example.", dns.TypeA, `alias.example. NOERROR 0 0 600: answered as written: the addresses lie in fewer than two uplinks, or are none
as in the zone
plain.alias.example.: zone alias.example. says that its addresses are those of ns1.alias.example. (ALIAS)
ns1.alias.example.: zone alias.example. has it`},
		{"nodata.alias.example.", dns.TypeA, `alias.example. NOERROR 0 0 300: nothing of this type is here
of a negative answer: the lesser of the SOA's TTL and minimum (RFC 2308)
nodata.alias.example.: zone alias.example. says that its addresses are those of text.alias.example. (ALIAS)
text.alias.example.: zone alias.example. has the name without this type`},
		{"missing.alias.example.", dns.TypeA, `alias.example. SERVFAIL 0 0 0: its ALIAS leads to a name that does not exist

missing.alias.example.: zone alias.example. says that its addresses are those of nope.alias.example. (ALIAS)
nope.alias.example.: zone alias.example. does not have the name`},
		{"late.alias.example.", dns.TypeA, `alias.example. NOERROR 0 0 3600: the chain leads out of the zones served here, or in a circle: the client goes on by itself
as in the zone
late.alias.example.: zone alias.example. says it is an alias (CNAME)
missing.alias.example.: zone alias.example. says that its addresses are those of nope.alias.example. (ALIAS)
nope.alias.example.: zone alias.example. does not have the name`},
		{"alias.example.", dns.TypeHTTPS, `alias.example. NOERROR 1 18 30: ams is the nearest colo with an address on an uplink that is up or at risk (row 1)
the record's 300, at most ttl.max 30
alias.example.: zone alias.example. has it
alias.example.: zone alias.example. says that its addresses are those of www.alias.example. (ALIAS)
www.alias.example.: zone alias.example. has it
the hints of www.alias.example. A are given as its addresses are
alias.example.: zone alias.example. says that its addresses are those of www.alias.example. (ALIAS)
www.alias.example.: zone alias.example. has it
the hints of www.alias.example. AAAA are given as written: it is not steered here`},
		{"unsteered.alias.example.", dns.TypeHTTPS, `alias.example. NOERROR 0 0 300: answered as written: the addresses lie in fewer than two uplinks, or are none
as in the zone
unsteered.alias.example.: zone alias.example. has it
ns1.alias.example.: zone alias.example. has it
the hints of ns1.alias.example. A are given as written: it is not steered here`},
		{"alias.example.", zones.TypeALIAS, `alias.example. NOERROR 0 0 600: answered as written: the addresses lie in fewer than two uplinks, or are none
as in the zone
alias.example.: zone alias.example. has it`},
	} {
		name, err := zones.ParseName(row.name)
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.server.Explain(name, row.qtype, Asker{Subnet: netip.MustParsePrefix("81.2.69.0/24")})
		if err != nil {
			t.Fatal(err)
		}
		steps := []string{fmt.Sprintf("%s %s %d %d %d: %s", e.Zone, e.Rcode, e.Row, e.Scope, e.TTL, e.Reason), e.TTLReason}
		for _, step := range e.Steps {
			if strings.Contains(step, ": zone ") || strings.Contains(step, "hints") {
				steps = append(steps, step)
			}
		}
		if got := strings.Join(steps, "\n"); got != row.want {
			t.Errorf("%s %s:\ngot\n%s\nwant\n%s", row.name, zones.TypeName(row.qtype), got, row.want)
		}
	}
	if n := w.view.Tally.Count(0, steering.RowHealthy); n != 0 {
		t.Errorf("explanations count as %d answers", n)
	}
}

// The steps name whoever was passed over, and why; the TTL's reason what may change.
func TestExplainSteps(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, []string{"lhr/northway", "ams/northway", "ams/eastlink", "nrt/eastlink", "nrt/transpac"}, []string{"lhr/northway"}))
	e, err := w.server.Explain("\x03www\x07example\x03com\x00", dns.TypeA, Asker{Subnet: netip.MustParsePrefix("81.2.69.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	steps := strings.Join(e.Steps, "\n")
	for _, want := range []string{
		"www.example.com.: zone example.com. has it",
		"the client 81.2.69.0/24 is located by country GB",
		"lhr (24 km) is passed over: northway drained: ",
		"ams is the nearest colo with an address on an uplink that is not drained: all are down, failing open (row 3)",
	} {
		if !strings.Contains(steps, want) {
			t.Errorf("no step says %q:\n%s", want, steps)
		}
	}
	if e.TTL != 5 || !strings.Contains(e.TTLReason, "ttl.min 5") || !strings.Contains(e.TTLReason, "row 3") {
		t.Errorf("ttl %d: %s", e.TTL, e.TTLReason)
	}
	if n := w.view.Tally.Count(0, steering.RowFailOpen); n != 0 {
		t.Errorf("an explanation counts as %d answers", n)
	}
}

// Where the geo database cannot be asked any more, the order of colos and the answer are known all the same, and no place is
// made up.
func TestExplainWithoutDatabase(t *testing.T) {
	w := newWorld(t)
	database, err := geo.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w.view.Map, err = geo.Compile(geo.Options{Database: database, Network: w.network, Fallback: w.network.Colos()[0].Location,
		Reopen: func() (*geo.Database, error) { return nil, errors.New("city.mmdb has changed") }})
	if err != nil {
		t.Fatal(err)
	}
	w.publish(w.facts(t, nil, nil))
	e, err := w.server.Explain("\x03www\x07example\x03com\x00", dns.TypeA, Asker{Subnet: netip.MustParsePrefix("133.11.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	const step = "the place of the client 133.11.0.0/16 cannot be told (unknown: city.mmdb has changed): distances are from nrt"
	if e.Client.Location != nil || e.Client.LocatedBy != "unknown: city.mmdb has changed" || !slices.Contains(e.Steps, step) {
		t.Errorf("at %v by %q:\n%s", e.Client.Location, e.Client.LocatedBy, strings.Join(e.Steps, "\n"))
	}
	if e.Region != "nrt ams lhr" || e.Colos[0].Km != 0 || e.Row != 1 {
		t.Errorf("region %s, row %d: %+v", e.Region, e.Row, e.Colos)
	}
}

// A node that sees and hears nobody says why it answers with its own colo.
func TestExplainHome(t *testing.T) {
	w := newWorld(t)
	f := w.facts(t, []string{"lhr/northway", "nrt/eastlink", "nrt/transpac"}, nil)
	sheet := *f.Sheets[0].Sheet // of ams
	witness := steering.NewWitness("northway", netip.MustParseAddrPort("192.0.2.1:53"))
	network, err := steering.NewNetwork(w.network.Colos(), w.network.Check(), witness)
	if err != nil {
		t.Fatal(err)
	}
	w.network, w.view.Network = network, network
	sheet.Votes = append(sheet.Votes, steering.Vote{Target: witness.ID, State: steering.VoteDown})
	w.publish(steering.Facts{Sheets: []steering.Heard{{Sheet: &sheet}}, Self: steering.Member{Name: "ns1-ams", Colo: "ams"}, Stale: 1})
	e, err := w.server.Explain("\x03www\x07example\x03com\x00", dns.TypeA, Asker{Subnet: netip.MustParsePrefix("133.11.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	const want = "ams is this node's own colo, and the node is blind and alone: whoever reaches the node can reach it (row 1)"
	if e.Reason != want || len(e.Answer) != 2 || e.TTL != 5 || !strings.Contains(e.TTLReason, "blind and alone") || len(e.Steps) != 3 {
		t.Errorf("%s; %v; ttl %d: %s\n%s", e.Reason, e.Answer, e.TTL, e.TTLReason, strings.Join(e.Steps, "\n"))
	}
}

// While clients return to a colo, an explanation says whose turn has not come.
func TestExplainRamp(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		back         int
		colo, answer string
	}{
		{86, "lhr (24 km) is passed over: its clients return slowly, 86 of 100 slices are back, and this client is in slice 86", "127.1.1.1"},
		{87, "lhr is the nearest colo with an address on an uplink that is up or at risk (row 1)", "127.2.1.1"},
	} {
		f := w.facts(t, nil, nil)
		w.rise(&f, "lhr/northway", row.back)
		w.publish(f)
		e, err := w.server.Explain("\x03www\x07example\x03com\x00", dns.TypeA, Asker{Subnet: netip.MustParsePrefix("81.2.69.0/24")})
		if err != nil {
			t.Fatal(err)
		}
		lhr, want := e.Colos[0], ExplainedRamp{Back: row.back, Slice: 86, PassedOver: row.back == 86}
		if lhr.Name != "lhr" || lhr.Row != 1 || lhr.Ramp == nil || *lhr.Ramp != want || e.Colos[1].Ramp != nil || e.Row != 1 {
			t.Errorf("%d back: %+v", row.back, e.Colos)
		}
		if steps := strings.Join(e.Steps, "\n"); !strings.Contains(steps, row.colo) || !strings.HasSuffix(e.Answer[0], row.answer) {
			t.Errorf("%d back: %s\n%s", row.back, steps, e.Answer)
		}
		if e.TTL != 5 || !strings.Contains(e.TTLReason, fmt.Sprintf("lhr/northway: 2 of 2 provider groups say up; "+
			"clients return until 12:00:%d: %d of 100 slices are back", 100-row.back, row.back)) {
			t.Errorf("%d back: ttl %d: %s", row.back, e.TTL, e.TTLReason)
		}
	}
}
