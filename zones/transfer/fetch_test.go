package transfer

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// nine is a whole zone as AXFR brings it.
const nine = "SOA 9; @ NS ns; ns A 192.0.2.1; www A 192.0.2.9; SOA 9"

// TestFetch has primaries by what they say, and what comes of that. The version that is kept has serial 7.
func TestFetch(t *testing.T) {
	seven := small(t, 7, "www A 192.0.2.7")
	soa := func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, "SOA 9")} }
	// transfers answers AXFR well, and IXFR as given.
	transfers := func(ixfr script) script {
		return func(q *dns.Msg, wire []byte, tcp bool) [][]byte {
			switch q.Question[0].Qtype {
			case dns.TypeSOA:
				return soa(q)
			case dns.TypeIXFR:
				return ixfr(q, wire, tcp)
			}
			return [][]byte{reply(t, q, nine)}
		}
	}
	// axfr answers the SOA, and AXFR as given.
	axfr := func(say func(q *dns.Msg) [][]byte) script {
		return func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			if q.Question[0].Qtype == dns.TypeSOA {
				return soa(q)
			}
			return say(q)
		}
	}
	const changes = "SOA 9; SOA 7; www A 192.0.2.7; SOA 9; www A 192.0.2.9; SOA 9"
	for _, row := range []struct {
		name  string
		have  *zones.Zone
		say   script
		want  string // serial, or the error
		asked string
	}{
		{"whole", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, nine)} }), "9", "SOA UDP, AXFR TCP"},
		{"a message for each record, the question in the first", nil, axfr(func(q *dns.Msg) (all [][]byte) {
			for i, rr := range rrs(t, nine) {
				all = append(all, reply(t, q, "", func(m *dns.Msg) {
					m.Answer = []dns.RR{rr}
					if i > 0 {
						m.Question = nil
					}
				}))
			}
			return all
		}), "9", "SOA UDP, AXFR TCP"},
		{"changes", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, changes)} }), "9", "SOA UDP, IXFR TCP"},
		{"whole zone for changes", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, nine)} }), "9", "SOA UDP, IXFR TCP"},
		{"nothing newer after all", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, "SOA 7")} }), "none", "SOA UDP, IXFR TCP"},
		{"no IXFR: NOTIMP", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "", rcode(dns.RcodeNotImplemented))}
		}), "9", "SOA UDP, IXFR TCP, AXFR TCP"},
		{"no IXFR: FORMERR", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "", rcode(dns.RcodeFormatError))}
		}), "9", "SOA UDP, IXFR TCP, AXFR TCP"},
		{"no IXFR: closed", seven, transfers(func(*dns.Msg, []byte, bool) [][]byte { return nil }), "9", "SOA UDP, IXFR TCP, AXFR TCP"},
		{"changes that do not fit", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "SOA 9; SOA 7; www A 192.0.2.77; SOA 9; SOA 9")}
		}), "9", "SOA UDP, IXFR TCP, AXFR TCP"},
		{"a lone SOA for changes", seven, transfers(func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "SOA 9"), hang}
		}), "9", "SOA UDP, IXFR TCP, AXFR TCP"},
		{"same serial", seven, func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, "SOA 7")} }, "none", "SOA UDP"},
		{"behind", seven, func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, "SOA 6")} }, "none", "SOA UDP"},
		{"the SOA over TCP: TC", seven, func(q *dns.Msg, _ []byte, tcp bool) [][]byte {
			return [][]byte{reply(t, q, "SOA 7", func(m *dns.Msg) { m.Truncated = !tcp })}
		}, "none", "SOA UDP, SOA TCP"},
		{"the SOA over TCP: silence", seven, func(q *dns.Msg, _ []byte, tcp bool) [][]byte {
			if !tcp {
				return nil
			}
			return [][]byte{reply(t, q, "SOA 7")}
		}, "none", "SOA UDP, SOA UDP, SOA UDP, SOA TCP"},
		{"no EDNS", seven, func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			if q.IsEdns0() != nil {
				return [][]byte{reply(t, q, "", rcode(dns.RcodeFormatError))}
			}
			return [][]byte{reply(t, q, "SOA 7")}
		}, "none", "SOA UDP, SOA UDP"},
		{"noise before the answer", seven, func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{{1}, reply(t, q, "SOA 99", func(m *dns.Msg) { m.Id++ }), reply(t, q, "SOA 7")}
		}, "none", "SOA UDP"},
		{"REFUSED", nil, func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, "", rcode(dns.RcodeRefused))} },
			"PRIMARY: it answers REFUSED", "SOA UDP, SOA TCP"},
		{"REFUSED over UDP alone", seven, func(q *dns.Msg, _ []byte, tcp bool) [][]byte {
			if !tcp {
				return [][]byte{reply(t, q, "", rcode(dns.RcodeRefused))}
			}
			return [][]byte{reply(t, q, "SOA 7")}
		}, "none", "SOA UDP, SOA TCP"},
		{"without authority", nil, func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "SOA 9", func(m *dns.Msg) { m.Authoritative = false })}
		}, "PRIMARY: it answers without authority for the zone", "SOA UDP"},
		{"no SOA", nil, func(q *dns.Msg, _ []byte, _ bool) [][]byte { return [][]byte{reply(t, q, "@ NS ns")} },
			"PRIMARY: it answers without the SOA of the zone", "SOA UDP"},
		{"garbage", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{[]byte(strings.Repeat("garbage ", 100))} }),
			"PRIMARY: a question that cannot be read", "SOA UDP, AXFR TCP"},
		{"fewer records than said", nil, axfr(func(q *dns.Msg) [][]byte {
			m := reply(t, q, nine)
			m[7]++
			return [][]byte{m}
		}), "PRIMARY: a message that ends before its last record", "SOA UDP, AXFR TCP"},
		{"more than the records said", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{append(reply(t, q, nine), 0)} }),
			"PRIMARY: a message that goes on after its last record", "SOA UDP, AXFR TCP"},
		{"another ID", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, nine, func(m *dns.Msg) { m.Id++ })} }),
			"PRIMARY: the answer to another query", "SOA UDP, AXFR TCP"},
		{"another question", nil, axfr(func(q *dns.Msg) [][]byte {
			return [][]byte{reply(t, q, nine, func(m *dns.Msg) { m.Question[0].Name = "example.net." })}
		}), "PRIMARY: the answer to another question", "SOA UDP, AXFR TCP"},
		{"no question in the first message", nil, axfr(func(q *dns.Msg) [][]byte {
			return [][]byte{reply(t, q, nine, func(m *dns.Msg) { m.Question = nil })}
		}), "PRIMARY: the answer to another question", "SOA UDP, AXFR TCP"},
		{"a message without a record", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, "")} }),
			"PRIMARY: a message without a record", "SOA UDP, AXFR TCP"},
		{"an rcode in the middle", nil, axfr(func(q *dns.Msg) [][]byte {
			return [][]byte{reply(t, q, "SOA 9; @ NS ns"), reply(t, q, "", rcode(dns.RcodeServerFailure))}
		}), "PRIMARY: it answers SERVFAIL", "SOA UDP, AXFR TCP"},
		{"closed in the middle", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, "SOA 9; @ NS ns")} }),
			"PRIMARY: the connection was closed in the middle", "SOA UDP, AXFR TCP"},
		{"stalls in the middle", nil, axfr(func(q *dns.Msg) [][]byte { return [][]byte{reply(t, q, "SOA 9; @ NS ns"), hang} }),
			"PRIMARY: nothing came for 1s", "SOA UDP, AXFR TCP"},
		{"never ends", nil, axfr(func(q *dns.Msg) (all [][]byte) {
			all = append(all, reply(t, q, "SOA 9"))
			for i := range 1000 {
				all = append(all, reply(t, q, fmt.Sprintf("n%d A 192.0.2.1", i)))
			}
			return all
		}), "PRIMARY: more than 500 records", "SOA UDP, AXFR TCP"},
		{"too many octets", nil, axfr(func(q *dns.Msg) (all [][]byte) {
			all = append(all, reply(t, q, "SOA 9"))
			for i := range 100 {
				all = append(all, reply(t, q, fmt.Sprintf("n%d TXT %s", i, strings.Repeat(strings.Repeat("x", 255)+" ", 10))))
			}
			return all
		}), "PRIMARY: more than 100000 octets", "SOA UDP, AXFR TCP"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, row.say)
			f := &fetch{
				origin: name(t, "example.com"), have: row.have, before: row.have, primaries: []Primary{{Addr: p.addr}},
				limits: Limits{Answer: time.Second, Stall: time.Second, Whole: time.Minute, Octets: 100_000, Records: 500},
				log:    slog.New(slog.DiscardHandler),
			}
			if got := strings.ReplaceAll(told(f.run(t.Context())), p.addr.String(), "PRIMARY"); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			if got := p.asked(); got != row.asked {
				t.Errorf("asked %s, want %s", got, row.asked)
			}
		})
	}
}

// told is what came of a fetch: the serial, none, or the error.
func told(f fetched) string {
	switch {
	case f.err != nil:
		return f.err.Error()
	case f.zone == nil && f.good:
		return "none"
	case f.zone == nil:
		return "neither good nor bad"
	}
	return fmt.Sprint(f.zone.Serial())
}

// TestFetchFromSeveral has primaries by the serial that they have, and from which the zone comes.
func TestFetchFromSeveral(t *testing.T) {
	having := func(serial int) script {
		return func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			if q.Question[0].Qtype == dns.TypeSOA {
				return [][]byte{reply(t, q, fmt.Sprintf("SOA %d", serial))}
			}
			return [][]byte{reply(t, q, fmt.Sprintf("SOA %d; @ NS ns; ns A 192.0.2.1; SOA %[1]d", serial))}
		}
	}
	broken := func(q *dns.Msg, _ []byte, _ bool) [][]byte {
		return [][]byte{reply(t, q, "", rcode(dns.RcodeServerFailure))}
	}
	for _, row := range []struct {
		primaries []script
		serial    uint32 // 0: none
		from      int
		good      bool
		failed    int
	}{
		{[]script{having(7), having(9)}, 9, 1, true, 0},
		{[]script{having(8), having(9)}, 8, 0, true, 0},
		{[]script{having(6), having(7)}, 0, 0, true, 0},
		{[]script{broken, having(9)}, 9, 1, true, 1},
		{[]script{broken, having(7)}, 0, 1, true, 1},
		{[]script{having(7), broken}, 0, 0, true, 1},
		{[]script{broken, broken}, 0, 0, false, 2},
	} {
		f := &fetch{origin: name(t, "example.com"), have: small(t, 7, ""), limits: Limits{Answer: time.Second}.filled(), log: slog.New(slog.DiscardHandler)}
		f.before = f.have
		for _, say := range row.primaries {
			f.primaries = append(f.primaries, Primary{Addr: start(t, say).addr})
		}
		got := f.run(t.Context())
		var serial uint32
		if got.zone != nil {
			serial = got.zone.Serial()
		}
		from := slices.IndexFunc(f.primaries, func(p Primary) bool { return p.Addr == got.from.Addr })
		if serial != row.serial || got.good != row.good || len(got.failed) != row.failed || row.good && from != row.from ||
			(got.err != nil) != (row.failed > 0) {
			t.Errorf("%+v:\n got %d from %d, good %t, %d failed: %v", row, serial, from, got.good, len(got.failed), got.err)
		}
	}
}
