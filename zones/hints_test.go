package zones

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Which hints are noted, with the uplinks that they lie in; "." for none.
func TestHints(t *testing.T) {
	network := testNetwork(t)
	for _, row := range []struct{ records, want string }{
		{"HTTPS 1 . ipv4hint=192.0.2.1,203.0.113.1,198.51.100.1", "0 . 2"},
		{"HTTPS 1 . alpn=h2 ipv4hint=192.0.2.65 port=8443 ipv6hint=2001:db8:2::1,2001:db8:1::1", "1 2 0"},
		{"SVCB 1 a ipv4hint=192.0.2.1\nwww SVCB 2 b alpn=h2\nwww SVCB 3 . ipv4hint=198.51.100.1", "0 2"},
		{"HTTPS 1 . ipv4hint=203.0.113.1", "."},
		{"HTTPS 1 . alpn=h2", ""},
		{"HTTPS 0 mail", ""},
		{"HTTPS 1 . ipv4hint=192.0.2.1\nwww RRSIG HTTPS 8 1 60 20300101000000 20200101000000 1 z. AAAA", ""},
	} {
		plain, _, err := parseText(t, "z", "$TTL 60\n"+rest+"www "+row.records+"\n")
		if err != nil {
			t.Fatal(err)
		}
		for zone, want := range map[*Zone]string{plain: "", plain.Resteer(network): row.want} {
			var got []string
			typ, _, _ := strings.Cut(row.records, " ")
			set := zone.nodes.of(name(t, "www.z")).set(dns.StringToType[typ])
			for i := range hintsOf(set) {
				at := "."
				if uplink := set.Hints().Uplink(i); uplink != steering.NoUplink {
					at = fmt.Sprint(uplink)
				}
				got = append(got, at)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %q, want %q", row.records, got, want)
			}
		}
	}
}

// Hints that are malformed, as they may come by transfer, are given as they are.
func TestMalformedHints(t *testing.T) {
	for _, row := range []struct{ title, params, want string }{
		{"good", "\x00\x04\x00\x04\xc0\x00\x02\x01", "1"},
		{"no address", "\x00\x04\x00\x00\x00\x06\x00\x10\x20\x01\x0d\xb8\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "0"},
		{"less than an address", "\x00\x04\x00\x07\xc0\x00\x02\x01\xc0\x00\x02", "0"},
		{"less than it says", "\x00\x04\x00\x08\xc0\x00\x02\x01", "0"},
		{"an octet more", "\x00\x04\x00\x04\xc0\x00\x02\x01\x00", "0"},
		{"a mandatory key and a half", "\x00\x00\x00\x03\x00\x04\x00\x00\x04\x00\x04\xc0\x00\x02\x01", "0"},
		{"no mandatory key", "\x00\x00\x00\x00\x00\x04\x00\x04\xc0\x00\x02\x01", "0"},
		{"one key twice", "\x00\x04\x00\x04\xc0\x00\x02\x01\x00\x04\x00\x04\xc0\x00\x02\x01", "0"},
		{"out of order", "\x00\x04\x00\x04\xc0\x00\x02\x01\x00\x01\x00\x03\x02h2", "0"},
	} {
		a := Assemble(name(t, "z"))
		for _, rr := range rrs(t, rest) {
			if err := a.Add(rr); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Put(Record{Owner: name(t, "www.z"), Type: dns.TypeHTTPS, TTL: 60, RData: "\x00\x01\x00" + row.params}); err != nil {
			t.Fatalf("%s: %v", row.title, err)
		}
		zone, err := a.Zone(testNetwork(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(hintsOf(zone.nodes.of(name(t, "www.z")).sets[0])); got != row.want {
			t.Errorf("%s: %s hints, want %s", row.title, got, row.want)
		}
	}
}

func hintsOf(s *RRset) int {
	if s.Hints() == nil {
		return 0
	}
	return s.Hints().Len()
}

// What has steered hints is not given beside another service, as steered addresses are not.
func TestServicesWithHintsAreNotAdditional(t *testing.T) {
	plain, _, err := parseText(t, "z", "$TTL 60\n"+rest+"www HTTPS 0 svc\nsvc HTTPS 1 . ipv4hint=192.0.2.1\nsvc A 192.0.2.1\n")
	if err != nil {
		t.Fatal(err)
	}
	for zone, want := range map[*Zone][]string{plain: {"A", "HTTPS"}, plain.Resteer(testNetwork(t)): {"A"}} {
		var got []string
		for _, s := range zone.nodes.of(name(t, "www.z")).sets[0].Additional() {
			got = append(got, TypeName(s.Type))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// FuzzHints: no rdata of an HTTPS record makes the looking at it panic, and what it visits is whole addresses.
func FuzzHints(f *testing.F) {
	f.Add([]byte("\x00\x04\x00\x04\xc0\x00\x02\x01"))
	f.Add([]byte("\x00\x00\x00\x02\x00\x04\x00\x04\x00\x08\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\x06\x00\x10\x20\x01\x0d\xb8"))
	f.Fuzz(func(t *testing.T, params []byte) {
		rdata := append([]byte("\x00\x01\x00"), params...)
		if !bytes.Equal(ParamsOf(rdata), params) {
			t.Fatal("not the parameters")
		}
		eachHint(rdata, func(addr netip.Addr) {
			if !addr.IsValid() {
				t.Error("no address")
			}
		})
	})
}
