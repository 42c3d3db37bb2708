package zones

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// Where in an entry the type stands, and that nothing but an ALIAS there is changed.
func TestEntriesForTheParser(t *testing.T) {
	for _, row := range []struct{ entry, want string }{
		{"www ALIAS mail\n", "www CNAME mail\n"},
		{"www 60 IN ALIAS ALIAS\n", "www 60 IN CNAME ALIAS\n"},
		{"www in 1h30m alias mail\n", "www in 1h30m CNAME mail\n"},
		{"www CLASS1 Alias mail\n", "www CLASS1 CNAME mail\n"},
		{"\tALIAS mail\n", "\tCNAME mail\n"},
		{" ; ALIAS\n", " ; ALIAS\n"},
		{"ALIAS A 192.0.2.1\n", "ALIAS A 192.0.2.1\n"},
		{"ALIAS ALIAS mail\n", "ALIAS CNAME mail\n"},
		{`a\ ALIAS A 192.0.2.1` + "\n", `a\ ALIAS A 192.0.2.1` + "\n"},
		{`"a ALIAS" ALIAS mail` + "\n", `"a ALIAS" CNAME mail` + "\n"},
		{"www TXT ALIAS\n", "www TXT ALIAS\n"},
		{"www ALIASES mail\n", "www ALIASES mail\n"},
		{"www ALIAS;mail\n", "www CNAME;mail\n"},
		{"www (ALIAS mail)\n", "www  ( CNAME mail ) \n"},
		{"www 60", "www 60"},
		{"", ""},
	} {
		got, alias := forParser([]byte(row.entry))
		if string(got) != row.want || alias != (row.want != row.entry) {
			t.Errorf("%q: %q, %v", row.entry, got, alias)
		}
		if bytes.Count(got, []byte("\n")) != strings.Count(row.entry, "\n") {
			t.Errorf("%q: lines are lost", row.entry)
		}
	}
}

// The type has one name, which reads back as its number.
func TestTypeNames(t *testing.T) {
	for word, want := range map[string]string{
		"A": "A 1", "ALIAS": "ALIAS 65401", "TYPE65401": "ALIAS 65401", "TYPE65280": "TYPE65280 65280", "HTTPS": "HTTPS 65",
		"alias": "none", "TYPE65536": "none", "ALIA": "none", "": "none", "TYPE": "none",
	} {
		got := "none"
		if typ, ok := ParseType(word); ok {
			got = fmt.Sprint(TypeName(typ), " ", typ)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

// An ALIAS that can never be answered, as far as its zone knows, is warned about.
func TestAdviceOnAlias(t *testing.T) {
	for _, row := range []struct{ lines, want string }{
		{"www ALIAS ns", ""},
		{"www ALIAS six\nsix AAAA 2001:db8::1", ""},
		{"www ALIAS a\na ALIAS b\nb CNAME ns", ""},
		{"www ALIAS a.w\n*.w ALIAS ns", ""},
		{"www ALIAS www.example.net.", ""},
		{"www ALIAS a\na CNAME www.example.net.", ""},
		{"www ALIAS x.sub\nsub NS ns.example.net.", ""},
		{"www ALIAS x.old\nold DNAME new", ""},
		{"www ALIAS nope", `"www": the ALIAS leads to nope, which does not exist`},
		{"www ALIAS a\na CNAME Nope", `"www": the ALIAS leads to nope, which does not exist`},
		{"www ALIAS txt\ntxt TXT x", `"www": the ALIAS leads to txt, which has no address`},
		{"www ALIAS ent\na.ent TXT x", `"www": the ALIAS leads to ent, which has no address`},
		{"www ALIAS www", `"www": the ALIAS leads in a circle, or through more names than are followed`},
		{"@ ALIAS a\na CNAME b\nb CNAME @", `"@": the ALIAS leads in a circle, or through more names than are followed`},
		{"www ALIAS h1\n$GENERATE 1-10 h$ CNAME h${1}\nh11 A 192.0.2.1", ""},
		{"www ALIAS h1\n$GENERATE 1-11 h$ CNAME h${1}\nh12 A 192.0.2.1", ""},
		{"www ALIAS h1\n$GENERATE 1-12 h$ CNAME h${1}\nh13 A 192.0.2.1", `"www": the ALIAS leads in a circle, or through more names than are followed`},
		{"@ MX 1 www\nwww ALIAS ns", ""},
	} {
		_, warnings, err := parseText(t, "z", "$TTL 60\n"+rest+"ns A 192.0.2.1\n"+row.lines+"\n")
		if err != nil {
			t.Fatalf("%s: %v", row.lines, err)
		}
		var got []string
		for _, w := range warnings {
			got = append(got, w.Text)
		}
		if strings.Join(got, "\n") != row.want {
			t.Errorf("%s:\n got %q\nwant %q", row.lines, got, row.want)
		}
	}
}

// In a zone that is signed, as it may come by transfer, an ALIAS is ordinary data: the proofs of the zone say that there is no
// address.
func TestAliasInSignedTransfer(t *testing.T) {
	a := Assemble(name(t, "z"))
	for _, rr := range rrs(t, "z. 60 SOA ns.z. host.z. 7 3600 600 86400 60\nz. 60 NS ns.z.\nz. 60 TYPE65401 \\# 5 0377777700\n"+
		"z. 60 RRSIG SOA 8 1 60 20300101000000 20200101000000 1 z. AAAA\nz. 60 NSEC z. NS SOA RRSIG NSEC TYPE65401") {
		if err := a.Add(rr); err != nil {
			t.Fatal(err)
		}
	}
	zone, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	for qtype, want := range map[uint16]Kind{dns.TypeA: NoData, dns.TypeAAAA: NoData, TypeALIAS: Answer} {
		if got := zone.Lookup([]byte(name(t, "z")), qtype).Kind; got != want {
			t.Errorf("%s: %v, want %v", TypeName(qtype), got, want)
		}
	}
}

// A zone that is written for other programs has the ALIAS in the form that all of them read, in its own letter case; its digest
// is made over that too (RFC 3597 section 7).
func TestAliasForOthers(t *testing.T) {
	zone, _, err := parseText(t, "z", "$TTL 60\n"+rest+"www ALIAS Mail\n")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := zone.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	if want := "www.z. 60 IN TYPE65401 \\# 8 044d61696c017a00\n"; !strings.Contains(text.String(), want) {
		t.Errorf("no %q in\n%s", want, text.String())
	}
	rdata := []byte("\x04Mail\x01z\x00")
	if !bytes.Equal(canonicalForm(TypeALIAS, rdata), rdata) {
		t.Error("a digest would be over another letter case")
	}
}
