package zones

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range texts {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

func TestSteeredSets(t *testing.T) {
	network := testNetwork(t)
	text := rest + `$TTL 60
www  A 198.51.100.10
     A 203.0.113.1     ; in no uplink
     A 192.0.2.74
     A 192.0.2.10
     A 192.0.2.11
     AAAA 2001:db8:2::1
     AAAA 2001:db8:1::1
one  A 192.0.2.1       ; two addresses, one uplink
     A 192.0.2.2
half A 192.0.2.1       ; one uplink and none
     A 203.0.113.1
*.w  A 192.0.2.1
     A 198.51.100.1
sub  NS ns.sub
ns.sub A 192.0.2.1     ; glue is never steered
       A 198.51.100.1
@    MX 10 www
     MX 20 one
`
	plain, _, err := parseText(t, "z", text)
	if err != nil {
		t.Fatal(err)
	}
	steered := plain.Resteer(network)
	for _, row := range []struct{ qname, plain, steered string }{
		{"www.z A", "198.51.100.10 203.0.113.1 192.0.2.74 192.0.2.10 192.0.2.11",
			"192.0.2.10 192.0.2.11 192.0.2.74 198.51.100.10 203.0.113.1 [0:0-2 1:2-3 2:3-4 outside 1]"},
		{"www.z AAAA", "2001:db8:2::1 2001:db8:1::1", "2001:db8:1::1 2001:db8:2::1 [0:0-1 2:1-2 outside 0]"},
		{"one.z A", "192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2"},
		{"half.z A", "192.0.2.1 203.0.113.1", "192.0.2.1 203.0.113.1"},
		{"x.w.z A", "192.0.2.1 198.51.100.1", "192.0.2.1 198.51.100.1 [0:0-1 2:1-2 outside 0]"},
		{"sub.z NS", "glue 192.0.2.1 198.51.100.1", "glue 192.0.2.1 198.51.100.1"},
		{"z MX", "additional www www one", "additional one"},
	} {
		for zone, want := range map[*Zone]string{plain: row.plain, steered: row.steered, steered.Resteer(nil): row.plain} {
			if got := addressesOf(t, zone, row.qname); got != want {
				t.Errorf("%s: %s, want %s", row.qname, got, want)
			}
		}
	}
	if plain.Steered() != 0 || steered.Steered() != 3 || steered.Records() != plain.Records() {
		t.Errorf("%d, %d steered, want 0, 3", plain.Steered(), steered.Steered())
	}
}

// addressesOf writes the addresses of an RRset with its runs, or those of its glue, or the owners of the additional ones.
func addressesOf(t *testing.T, zone *Zone, query string) string {
	text, qtype, _ := strings.Cut(query, " ")
	set := zone.Lookup([]byte(name(t, text)), dns.StringToType[qtype]).Set
	var words []string
	switch {
	case len(set.Glue()) > 0:
		words, set = append(words, "glue"), set.Glue()[0]
	case len(set.Additional()) > 0:
		words = append(words, "additional")
		for _, s := range set.Additional() {
			words = append(words, s.Owner.relative(zone.origin))
		}
		return strings.Join(words, " ")
	}
	for i := range set.Len() {
		addr, _ := netip.AddrFromSlice(set.RData(i))
		words = append(words, addr.String())
	}
	if set.Reach() != nil {
		words = append(words, fmt.Sprint(runs(set)))
	}
	return strings.Join(words, " ")
}

func runs(s *RRset) []string {
	var all []string
	for _, r := range s.Reach().Runs() {
		all = append(all, fmt.Sprintf("%d:%d-%d", r.Uplink, r.From, r.To))
	}
	return slices.Concat(all, []string{fmt.Sprintf("outside %d", s.Reach().Outside())})
}

// An address of a steered RRset that lies in no uplink is told about: it is never given.
func TestSteeredAddressInNoUplink(t *testing.T) {
	text := rest + "$TTL 60\nwww A 192.0.2.10\n A 198.51.100.10\n A 203.0.113.1\none A 192.0.2.1\n A 203.0.113.1\n"
	r := newReading(Source{Origin: name(t, "z"), File: "z.zone"}, epoch)
	read, err := r.all("z.zone", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range r.advise(read.zone(testNetwork(t), read.serial)) {
		got = append(got, w.Text)
	}
	want := `"www": 203.0.113.1 lies in no uplink and is never given, while the other addresses are steered`
	if !slices.Contains(got, want) || len(got) != 2 {
		t.Errorf("warnings %q", got)
	}
}
