package migrate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"leeward/cmd/leeward/internal/migrate/gdnsd"
)

// soa begins a zone.
const soa = "@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A 192.0.2.53\n"

// TestRefusedGdnsd has a row for each error: the configuration and the zone, and what is said of them.
func TestRefusedGdnsd(t *testing.T) {
	geo := func(m string) string {
		return "plugins => { geoip => { maps => { m => { datacenters => [ams, iad], " + m + " } }, resources => { r => { map => m, dcmap => { ams => 192.0.2.1, iad => 192.0.2.2 } } } } }"
	}
	for _, row := range []struct{ config, zone, err string }{
		{"optoins => {}", soa, `config:1: the configuration: no key "optoins": is options meant?`},
		{"options => [1]", soa, "config:1: options: a hash { ... } is wanted"},
		{"options => { a => 1\n a => 2 }", soa, `config:2: key "a" stands there twice: before in config:1`},
		{"options => {\n a => 1", soa, "config:1: {: opened and never closed"},
		{"options => { a => [1\n", soa, "config:1: [: opened and never closed"},
		{"options => { a => \"b\n", soa, `config:1: "\"b": the quote is opened and never closed`},
		{"options { }", soa, `config:1: "options": => and a value are wanted behind the key`},
		{"options => { a => $b }", soa, `config:1: "$b }": a string without quotes does not begin with $ (is $include{...} meant?)`},
		{`options => { a => \999 }`, soa, `config:1: "\\999 }": \ and a character, or \ and three digits up to 255`},
		{"options => $include{config}", soa, "config:1: $include{config}: it includes itself"},
		{"options => $include{missing}", soa, "config:1: $include{missing}: missing: no such file or directory"},
		{"options => $include{../outside}", soa, "config:1: $include{../outside}: ../outside lies outside .: with --outside it is read all the same"},
		{"options => $include{link}", soa, "config:1: $include{link}: link lies outside .: with --outside it is read all the same"},
		{"$include{no*}", soa, "config:1: $include{no*}: no file is called so"},
		{"options => " + strings.Repeat("{ a => ", 40), soa, `config:1: "{ a => { a => { a =>": brackets stand in each other more than 32 deep`},
		{"", soa + "www 60 DYNA geopi!r\n", `zones/example.com:4: geopi!r: no plugin "geopi": is geoip meant?`},
		{"", soa + "www 60 DYNA geoip!r\n", "zones/example.com:4: geoip!r: the configuration has no plugin geoip"},
		{"", soa + "www 60 DYNA geoip!r x\n", "zones/example.com:4: www.example.com. DYNA: one PLUGIN!RESOURCE is wanted"},
		{"plugins => { static => { one => 192.0.2.1 } }", soa + "www 60 DYNA static!on\n", `zones/example.com:4: static!on: plugin static has no resource "on": is one meant?`},
		{"plugins => { static => { one => 192.0.2 } }", soa + "www 60 DYNA static!one\n", `config:1: "192.0.2" is no address`},
		{"plugins => { static => { one => a.example. } }", soa + "www 60 DYNA static!one\n", "zones/example.com:4: www.example.com. DYNA static!one: it gives a CNAME, which only DYNC may"},
		{"plugins => { static => { one => 192.0.2.1 } }", soa + "www 60/90 DYNA static!one\n", "zones/example.com:4: www.example.com.: the TTL 60/90: the second is more than the first"},
		{"plugins => { static => { one => 192.0.2.1 } }", soa + "www 60/x DYNA static!one\n", `zones/example.com:4: www.example.com.: "x" is no TTL`},
		{"plugins => { simplefo => { one => { primary => 192.0.2.1 } } }", soa + "www 60 DYNA simplefo!one\n", "config:1: simplefo!one: no secondary"},
		{"plugins => { multifo => { one => { service_types => wbe, a => 192.0.2.1 } } }\nservice_types => { web => {} }", soa + "www 60 DYNA multifo!one\n", `config:1: no service type "wbe": is web meant?`},
		{"plugins => { multifo => { one => { service_types => web, a => 192.0.2.1 } } }\nservice_types => { web => { plugin => tcp_connect } }", soa + "www 60 DYNA multifo!one\n", "config:2: service type web: no port"},
		{"plugins => { multifo => { one => { service_types => web, a => 192.0.2.1 } } }\nservice_types => { web => { plugin => http_status, prot => 80 } }", soa + "www 60 DYNA multifo!one\n", `config:2: service type web: no key "prot": is port meant?`},
		{"plugins => { multifo => { one => { service_types => web, a => 192.0.2.1 } } }\nservice_types => { web => { plugin => tcp_connect, port => 99999 } }", soa + "www 60 DYNA multifo!one\n", `config:2: "99999" is no number from 1 to 65535 (service type web, port)`},
		{"plugins => { weighted => { one => { a => 192.0.2.1 } } }", soa + "www 60 DYNA weighted!one\n", "config:1: weighted!one: a: [ADDRESS, WEIGHT] is wanted"},
		{"plugins => { weighted => { one => { a => [192.0.2.1, heavy] } } }", soa + "www 60 DYNA weighted!one\n", `config:1: "heavy" is no weight, which is from 0 to 1048575`},
		{"plugins => { metafo => { resources => { r => { datacenters => [ams], dcmap => { amd => 192.0.2.1 } } } } }", soa + "www 60 DYNA metafo!r\n", `config:1: metafo!r: dcmap: no datacenter "amd": is ams meant?`},
		{"plugins => { metafo => { resources => { r => { datacenters => [ams, iad], dcmap => { ams => 192.0.2.1 } } } } }", soa + "www 60 DYNA metafo!r\n", "config:1: metafo!r: dcmap lacks the datacenter iad"},
		{geo("auto_dc_coords => { asm => [1, 2] }"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: auto_dc_coords: no datacenter "asm": is ams meant?`},
		{geo("auto_dc_coords => { ams => [91, 2] }"), soa + "www 60 DYNA geoip!r\n", "config:1: map m: auto_dc_coords: ams: 91, 2 is not on the earth (lat -90 to 90, lon -180 to 180)"},
		{geo("nets => { 192.0.2.0/33 => ams }"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: nets: "192.0.2.0/33" is no prefix`},
		{geo("nets => { 192.0.2.0/24 => asm }"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: nets: no datacenter "asm": is ams meant?`},
		{geo("map => { EU => { DE => [asm] } }"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: map: EU => DE: no datacenter "asm": is ams meant?`},
		{geo("map => { EUR => [ams] }"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: no continent "EUR": AF, AS, NA, SA, EU, OC, AN`},
		{geo("maps => {}"), soa + "www 60 DYNA geoip!r\n", `config:1: map m: no key "maps": is map meant?`},
		{geo(""), soa + "www 60 DYNA geoip!r/asm\n", `zones/example.com:4: geoip!r/asm: dcmap has no datacenter "asm": is ams meant?`},
		{"", soa + "www 60 AAA 192.0.2.1\n", `zones/example.com:4: www.example.com.: no record type "AAA": is AAAA meant?`},
		{"", soa + "www 60 A 192.0.2\n", `zones/example.com:4: www.example.com. A: bad A A: "192.0.2"`},
		{"", soa + "www 60 A\n", "zones/example.com:4: www.example.com. A: nothing behind the type"},
		{"", soa + "$TTTL 60\n", "zones/example.com:4: $TTTL: no such directive: is $TTL meant?"},
		{"", soa + "$INCLUDE example.com\n", "zones/example.com:4: $INCLUDE example.com: it includes itself"},
		{"", soa + "$INCLUDE ../../outside\n", "zones/example.com:4: $INCLUDE ../../outside: ../outside lies outside .: with --outside it is read all the same"},
		{"", soa + "www 60 TXT (\n\"a\n", "zones/example.com:5: \"a\\n\": the quote is opened and never closed"},
		{"", soa + "www 60 TXT ( a\n", "zones/example.com:4: (: opened and never closed"},
		{"", "  60 A 192.0.2.1\n", "zones/example.com:1: no owner: no record stands before"},
	} {
		t.Run("", func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			save(t, "in/config", row.config)
			save(t, "in/zones/example.com", row.zone)
			save(t, "outside", "a => b")
			if err := os.Symlink("../outside", "in/link"); err != nil {
				t.Fatal(err)
			}
			t.Chdir("in")
			_, err := gdnsd.Read(".", false)
			refused(t, err, row.err)
		})
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if got := fmt.Sprint(err); got != want {
		t.Errorf("error\n\t%s\nnot\n\t%s", got, want)
	}
}

// TestRefusedGeodns has a row for each error.
func TestRefusedGeodns(t *testing.T) {
	for _, row := range []struct{ text, err string }{
		{"", "example.com.json:1: no JSON: the text ends within the zone"},
		{"{\n\"a\" 1}", "example.com.json:2: no JSON: invalid character '1' after object key"},
		{"{\n\"data\": {\"\": {\"ns\": [\"a.\"]}}\n} x", "example.com.json:3: something stands behind the zone"},
		{"[]", "example.com.json:1: an object is wanted"},
		{`{"datas": {}}`, `example.com.json:1: no option "datas": is data meant?`},
		{`{"ttl": "x"}`, `example.com.json:1: ttl: "x" is no number from 0 to 2147483647`},
		{`{"targeting": "contry"}`, `example.com.json:1: targeting: no target "contry": is country meant?`},
		{`{"serial": 1}`, `example.com.json:1: no "data", which holds the labels`},
		{`{"data": {}}`, `example.com.json:1: no "ns" at the label "": a zone has name servers`},
		{`{"data": {"": {"ns": ["a b"]}}}`, `example.com.json:1: ns: "a b." is no domain name`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {\"aa\": []}}}", `example.com.json:2: label "www": no record type "aa": is a meant?`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {\"a\": [[\"192.0.2\", 1]]}}}", `example.com.json:2: a: "192.0.2" is no such address`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {\"a\": [[\"192.0.2.1\", -1]]}}}", `example.com.json:2: weight: "-1" is no number from 0 to 2147483647`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {\"alias\": \"wwww\"}}}", `example.com.json:2: alias: no label "wwww": is "www" meant?`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {\"alias\": \"w\"}, \"w\": {\"alias\": \"www\"}}}", `example.com.json:2: alias: "www" leads back to itself`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"www\": {}, \"www\": {}}}", `example.com.json:2: "www" stands there twice: before in line 2`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"a b\": {}}}", `example.com.json:2: label "a b" is no domain name`},
		{"{\"data\": {\"\": {\"ns\": [\"a.\"]},\n\"w\": {\"mx\": [{\"preference\": 1}]}}}", `example.com.json:2: mx: no "mx"`},
		{strings.Repeat("[", 40), "example.com.json:1: brackets stand in each other more than 32 deep"},
	} {
		t.Run("", func(t *testing.T) {
			t.Chdir(t.TempDir())
			save(t, "example.com.json", row.text)
			_, err := read("geodns", []txtar.File{{Name: "example.com.json"}})
			refused(t, err, row.err)
		})
	}
}

// TestRefusedPdns has a row for each error. What a script does is none: it is in the list.
func TestRefusedPdns(t *testing.T) {
	for _, row := range []struct{ file, text, err string }{
		{"example.com.zone", "", "example.com.zone: no SOA record: which zone is it?"},
		{"zone", "@ 60 IN SOA a b 1 2 3 4 5\n", "zone:1: @: a relative name, and which zone is it? (name the file NAME.zone, or give --origin NAME)"},
		{"example.com.zone", "@ SOA a b 1 2 3 4 5\nexample.org. SOA a b 1 2 3 4 5\n", "example.com.zone:2: example.org.: a second SOA: a file holds one zone, here example.com."},
		{"example.com.zone", "@ SOA a b 1 2 3 4 5\nwww LUA A\n", `example.com.zone:2: www.example.com. LUA: TYPE "SCRIPT" is wanted`},
		{"example.com.zone", "@ SOA a b 1 2 3 4 5\nwww 60x IN LUA A \"'192.0.2.1'\"\n", `example.com.zone:2: www.example.com.: "60x" is no TTL`},
		{"example.com.zone", "@ SOA a b 1 2 3 4 5\n$GENERATE 1-300000 a A 192.0.2.1\n", `example.com.zone:2: $GENERATE: bad range in $GENERATE range: "1-300000"`},
		{"example.com.zone", "@ SOA a b 1 2 3 4 5\n$INCLUDE /etc/hostname\n", "example.com.zone:2: $INCLUDE /etc/hostname: /etc/hostname lies outside .: with --outside it is read all the same"},
	} {
		t.Run("", func(t *testing.T) {
			t.Chdir(t.TempDir())
			save(t, row.file, row.text)
			_, err := read("pdns", []txtar.File{{Name: row.file}})
			refused(t, err, row.err)
		})
	}
}
