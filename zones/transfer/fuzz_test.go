package transfer

import (
	"encoding/binary"
	"testing"

	"github.com/miekg/dns"

	"leeward/zones"
)

// FuzzTransfer reads any octets as the messages of a transfer, each after its length, as they come over TCP. What ends
// well must be a zone that is newer than what was kept.
func FuzzTransfer(f *testing.F) {
	q := new(dns.Msg).SetQuestion("example.com.", dns.TypeAXFR)
	for _, records := range []string{nine, "SOA 9; SOA 7; www A 192.0.2.7; SOA 9; www A 192.0.2.9; SOA 9", "SOA 7"} {
		m := reply(f, q, records)
		seed := append(binary.BigEndian.AppendUint16(nil, uint16(len(m))), m...)
		f.Add(seed, true)
		f.Add(append(seed, seed...), false)
	}
	seven := small(f, 7, "www A 192.0.2.7")
	f.Fuzz(func(t *testing.T, octets []byte, changes bool) {
		s := &stream{origin: name(t, "example.com")}
		if changes {
			s.have = seven
		}
		for len(octets) >= 2 && !s.ended {
			size := min(int(binary.BigEndian.Uint16(octets)), len(octets)-2)
			m, err := parse(octets[2 : 2+size])
			if err != nil {
				return
			}
			for _, rr := range m.answer {
				if s.take(rr) != nil {
					return
				}
			}
			octets = octets[2+size:]
		}
		if !s.ended {
			return
		}
		z, err := (&fetch{origin: s.origin, have: s.have, before: s.have}).version(s)
		if err != nil || z == nil {
			return
		}
		if z.Serial() != s.first.Serial || changes && !zones.Ahead(z.Serial(), seven.Serial()) {
			t.Errorf("serial %d of a transfer to %d", z.Serial(), s.first.Serial)
		}
	})
}
