package lint

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"leeward/steering"
	"leeward/zones"
)

func network(t *testing.T) *steering.Network {
	t.Helper()
	var colos []steering.Colo
	for _, c := range [][3]string{
		{"ams", "192.0.2.0/26", "2001:db8:1::/48"}, {"iad", "192.0.2.64/26", "2001:db8:2::/48"}, {"nrt", "192.0.2.128/26", "2001:db8:3::/48"},
	} {
		prefixes := []netip.Prefix{netip.MustParsePrefix(c[1]), netip.MustParsePrefix(c[2])}
		colos = append(colos, steering.Colo{Name: c[0], Uplinks: []steering.Uplink{{Upstreams: []string{"northway"}, Prefixes: prefixes}}})
	}
	n, err := steering.NewNetwork(colos, steering.Check{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSteered(t *testing.T) {
	const all, v6 = " A 192.0.2.10\n A 192.0.2.74\n A 192.0.2.138\n", " AAAA 2001:db8:1::1\n AAAA 2001:db8:2::1\n AAAA 2001:db8:3::1\n"
	for _, row := range []struct{ title, text, want string }{
		{"all colos", "www" + all + v6 + "api" + all + v6, ""},
		{"A alone", "www" + all, ""},
		{"not steered", "www A 192.0.2.10\n" + " A 192.0.2.11\n", ""},
		{"a colo that the others have", "www" + all + "api" + all + "shop A 192.0.2.10\n A 192.0.2.74\n",
			`steer-missing: 15: "shop": A without address in nrt, where most steered names have one`},
		{"as many without as with", "www" + all + "shop A 192.0.2.10\n A 192.0.2.74\n", ""},
		{"fewer AAAA", "www" + all + " AAAA 2001:db8:1::1\n AAAA 2001:db8:2::1\n",
			`steer-families: 9: "www": A in nrt, and no AAAA there`},
		{"one AAAA, which is not steered", "www" + all + " AAAA 2001:db8:1::1\n",
			`steer-families: 9: "www": A in iad, nrt, and no AAAA there`},
		{"mistyped", "www" + all + " A 192.0.3.10\n",
			`steer-outside: 12: "www": 192.0.3.10 lies in no uplink and is never given, while the other addresses are steered`},
		{"by its policy in fewer colos", "www" + all + "api" + all + "shop A 192.0.2.10\n A 192.0.2.74\n_steer.shop TXT \"v=steer1; policy=all\"\n", ""},
		{"by its policy as written", "www" + all + " A 192.0.3.10\n_steer.www TXT \"v=steer1; policy=none\"\n", ""},
		{"mistyped beside a policy", "www" + all + " A 192.0.3.10\n_steer TXT \"v=steer1; policy=spread\"\n",
			`steer-outside: 12: "www": 192.0.3.10 lies in no uplink and is never given, while the other addresses are steered`},
		{"a pin that holds for nobody", "www" + all + "_steer.www TXT \"v=steer1; asn=AS64496:ams\"\n",
			`steer-asn: 9: "www": its policy has asn=, and there is no database of autonomous systems`},
		{"an ALIAS whose target falls back to a name elsewhere", "www" + all + "_steer.www TXT \"v=steer1; fallback=origin.example.net\"\nflat ALIAS www\n",
			`alias-fallback: 13: "flat": the ALIAS leads to a name whose fallback is origin.example.net, which is in no zone that is served here`},
		{"signed", "www" + all + "www RRSIG A 15 2 3600 20500101000000 20260101000000 1 example. AAAA\n",
			`steer-signed: 9: "www": the RRset of type A is signed in the file: it is given whole and not steered`},
		{"glue", "sub NS ns.sub\nns.sub" + all, ""},
	} {
		t.Run(row.title, func(t *testing.T) {
			text := "$TTL 60\n@ SOA ns1 host 1 7200 1800 1209600 3600\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n\n\n\n\n" + row.text
			file := block{text: text}.put(t)
			origin, err := zones.ParseName("example")
			if err != nil {
				t.Fatal(err)
			}
			_, findings, err := Check(zones.Source{Origin: origin, File: file, Network: network(t)}, time.Now(), Beside{WithoutAS: true, Served: func(zones.Name) bool { return false }})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				if strings.HasPrefix(f.Lint, "steer") || f.Lint == "alias-fallback" {
					got = append(got, f.Lint+": "+strings.ReplaceAll(strings.Join(f.Lines(), "; "), file+":", ""))
				}
			}
			if strings.Join(got, "; ") != row.want {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "; "), row.want)
			}
		})
	}
}

// FuzzCheck wants a zone, findings that can be told, or an error, of any text.
func FuzzCheck(f *testing.F) {
	f.Add("www A 192.0.2.1\n_s SVCB \\# 4 00000000\n")
	f.Add("a CNAME b\nb CNAME a\n* NS *\n@ NSEC3PARAM 1 0 1 AB\n")
	f.Add("@ RRSIG SOA 15 1 60 20500101000000 20260101000000 1 example. AAAA\n@ DNSKEY 257 3 15 AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 || strings.Contains(strings.ToUpper(text), "$GENERATE") {
			return // slow, and of no more interest
		}
		b := block{text: "$TTL 60\n@ SOA ns1 host 1 7200 1800 1209600 3600\n@ NS ns1\n" + text}
		said, _ := checked(t, "example.", b.put(t), time.Now())
		if len(said) == 0 {
			t.Error("nothing is said")
		}
	})
}
