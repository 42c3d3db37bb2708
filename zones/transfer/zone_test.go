package transfer

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/zones"
)

func name(t testing.TB, s string) zones.Name {
	t.Helper()
	n, err := zones.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n.Lower()
}

// rrs reads records, one a line or parted by semicolons, below example.com. SOA N stands for the SOA of that serial.
func rrs(t testing.TB, text string) (all []dns.RR) {
	t.Helper()
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if serial, is := strings.CutPrefix(line, "SOA "); is {
			line = fmt.Sprintf("@ SOA ns host %s 3600 600 86400 60", serial)
		}
		parser := dns.NewZoneParser(strings.NewReader("$TTL 300\n"+line+"\n"), "example.com.", "")
		rr, ok := parser.Next()
		if !ok {
			t.Fatalf("%q: %v", line, parser.Err())
		}
		all = append(all, rr)
	}
	return all
}

// zoneOf makes the zone example.com of records.
func zoneOf(t testing.TB, text string) *zones.Zone {
	t.Helper()
	a := zones.Assemble(name(t, "example.com"))
	for _, rr := range rrs(t, text) {
		if err := a.Add(rr); err != nil {
			t.Fatal(err)
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// small is a zone with a serial and what else is given.
func small(t testing.TB, serial int, more string) *zones.Zone {
	t.Helper()
	return zoneOf(t, fmt.Sprintf("SOA %d; @ NS ns; ns A 192.0.2.1; %s", serial, more))
}

// texts writes records for rrs.
func texts(records []zones.Record) (text string) {
	for _, r := range records {
		text += rrOf(r).String() + ";"
	}
	return text
}

// rrOf is a record as the library has it.
func rrOf(r zones.Record) dns.RR {
	wire := append([]byte(r.Owner), byte(r.Type>>8), byte(r.Type), 0, dns.ClassINET)
	wire = binary.BigEndian.AppendUint32(wire, r.TTL)
	wire = binary.BigEndian.AppendUint16(wire, uint16(len(r.RData)))
	rr, _, err := dns.UnpackRR(append(wire, r.RData...), 0)
	if err != nil {
		panic(err)
	}
	return rr
}
