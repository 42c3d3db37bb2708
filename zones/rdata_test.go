package zones

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// Records as they come over the wire, cut short: the library lets some through.
func TestShortRData(t *testing.T) {
	for _, row := range []struct {
		typ   uint16
		rdata string
	}{{dns.TypeNSEC3PARAM, "\x01\x00"}, {dns.TypeNSEC3PARAM, "\x01\x00\x00\x00\x02\xab"}, {dns.TypeNSEC3, "\x01\x00\x00\x00"}} {
		err := Assemble(name(t, "z")).Put(Record{Owner: name(t, "z"), Type: row.typ, TTL: 60, RData: row.rdata})
		if want := fmt.Sprintf(`zone z: "@": %s: rdata that`, TypeName(row.typ)); err == nil || err.Error()[:len(want)] != want {
			t.Errorf("%s %x: %v", TypeName(row.typ), row.rdata, err)
		}
	}
}
