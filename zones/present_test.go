package zones

import (
	"bytes"
	"strings"
	"testing"
)

// wantWritten wants a zone to be read back from its text as it was.
func wantWritten(t *testing.T, zone *Zone) {
	t.Helper()
	var text bytes.Buffer
	size, err := zone.WriteTo(&text)
	if err != nil || size != int64(text.Len()) {
		t.Fatalf("%d octets of %d: %v", size, text.Len(), err)
	}
	again, err := newReading(Source{Origin: zone.Origin()}, epoch).all("written", text.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, text.Bytes())
	}
	wantSame(t, text.String(), again.zone(zone.network, again.serial), zone)
}

func TestWriteTo(t *testing.T) {
	wantWritten(t, parseFile(t, "testdata/example.com.zone", "example.com"))
	for _, row := range []struct{ written, want string }{
		{`www A 192.0.2.1`, "www.z. 60 IN A 192.0.2.1"},
		{`www AAAA ::ffff:192.0.2.1`, "www.z. 60 IN AAAA ::ffff:192.0.2.1"},
		{`\@\$\"\;\(\.\\\000\255 NS \@`, `\@\$\"\;\(\.\\\000\255.z. 60 IN NS \@.z.`},
		{`$$ORIGIN MX 1 a`, `\$\$ORIGIN.z. 60 IN MX 1 a.z.`},
		{`x TXT "a\"b;c" "" "\000\255 \\"`, `x.z. 60 IN TXT "a\"b;c" "" "\000\255 \\"`},
		{`x TYPE65280 \# 0`, `x.z. 60 IN TYPE65280 \# 0`},
		{`x TYPE65280 \# 2 0aFF`, `x.z. 60 IN TYPE65280 \# 2 0aff`},
		{`x NULL \# 2 0aFF`, `x.z. 60 IN NULL \# 2 0aff`},
		{`x LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m`, `x.z. 60 IN LOC 52 22 23.000 N 04 53 32.000 E -2m 0.00m 10000m 10m`},
		{`x HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1 key65333="\"x\\"`, `x.z. 60 IN HTTPS 1 . alpn="h2,h3" ipv4hint="192.0.2.1" key65333="\"x\\"`},
		{`x ALIAS a`, `x.z. 60 IN ALIAS a.z.`},
		{`x TYPE65401 \# 5 0141017a00`, `x.z. 60 IN ALIAS A.z.`},
		{`x CAA 0 issue "ca.example; policy=\"x\""`, `x.z. 60 IN CAA 0 issue "ca.example; policy=\"x\""`},
	} {
		zone, _, err := parseText(t, "z", "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n"+strings.Replace(row.written, "$$", `\$\$`, 1)+"\n")
		if err != nil {
			t.Fatalf("%s: %v", row.written, err)
		}
		for r := range zone.All() {
			if r.Owner != zone.Origin() && r.String() != row.want {
				t.Errorf("%s\n got %s\nwant %s", row.written, r, row.want)
			}
		}
		wantWritten(t, zone)
	}
}
