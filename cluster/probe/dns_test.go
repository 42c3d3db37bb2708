package probe

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/steering"
)

// nameserver starts a DNS server on a loopback address, UDP only, and returns where it listens.
func nameserver(t *testing.T, host string, answer func(w dns.ResponseWriter, q *dns.Msg)) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil && host == "::1" {
		t.Skip("no IPv6 loopback here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(answer), NotifyStartedFunc: func() { close(ready) }}
	go func() { ended <- s.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() {
		s.Shutdown()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return pc.LocalAddr().String()
}

// saying answers with AA and NOERROR, changed as wanted.
func saying(change func(m *dns.Msg)) func(dns.ResponseWriter, *dns.Msg) {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		change(m)
		w.WriteMsg(m)
	}
}

var soa = steering.Check{Type: steering.CheckDNS, Name: "example.com", Qtype: "soa"}

func TestDNSAsksAsConfigured(t *testing.T) {
	for _, host := range loopbacks {
		t.Run(host, func(t *testing.T) {
			asked := make(chan *dns.Msg, 2)
			a, addr := probing(t, soa, nameserver(t, host, func(w dns.ResponseWriter, q *dns.Msg) {
				asked <- q
				saying(func(*dns.Msg) {})(w, q)
			}))
			for range 2 {
				if got := try(t, a, addr, patient); got != "passed" {
					t.Fatal(got)
				}
			}
			q := <-asked
			if q.RecursionDesired || q.Opcode != dns.OpcodeQuery || len(q.Question) != 1 ||
				q.Question[0] != (dns.Question{Name: "example.com.", Qtype: dns.TypeSOA, Qclass: dns.ClassINET}) {
				t.Errorf("asked %v", q)
			}
		})
	}
}

func TestDNSAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *dns.Msg)
		want   string
	}{
		{"NOERROR", func(m *dns.Msg) {}, "passed"},
		{"truncated", func(m *dns.Msg) { m.Truncated = true }, "passed"},
		{"the name in capitals", func(m *dns.Msg) { m.Question[0].Name = "EXAMPLE.com." }, "passed"},
		{"with records", func(m *dns.Msg) {
			m.Answer = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeSOA, Class: dns.ClassINET}, Ns: ".", Mbox: "."}}
		}, "passed"},
		{"SERVFAIL", func(m *dns.Msg) { m.Rcode = dns.RcodeServerFailure }, "rcode SERVFAIL"},
		{"REFUSED", func(m *dns.Msg) { m.Rcode, m.Authoritative = dns.RcodeRefused, false }, "rcode REFUSED"},
		{"NXDOMAIN", func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }, "rcode NXDOMAIN"},
		{"an rcode without a name", func(m *dns.Msg) { m.Rcode = 14 }, "rcode 14"},
		{"FORMERR without a question", func(m *dns.Msg) { m.Rcode, m.Question = dns.RcodeFormatError, nil }, "rcode FORMERR"},
		{"without AA", func(m *dns.Msg) { m.Authoritative = false }, "not authoritative"},
	} {
		a, addr := probing(t, soa, nameserver(t, "127.0.0.1", saying(c.change)))
		if got := try(t, a, addr, patient); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Each of these is passed over; the right answer after it passes, and without one it is the reason.
func TestDNSPassesOverWhatDoesNotMatch(t *testing.T) {
	for _, c := range []struct {
		name  string
		stray func(m *dns.Msg)
		want  string
	}{
		{"another id", func(m *dns.Msg) { m.Id++ }, "answer to another query"},
		{"another name", func(m *dns.Msg) { m.Question[0].Name = "example.net." }, "answer to another query"},
		{"another type", func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeA }, "answer to another query"},
		{"another class", func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, "answer to another query"},
		{"a query", func(m *dns.Msg) { m.Response = false }, "answer to another query"},
		{"another opcode", func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }, "answer to another query"},
		{"no question", func(m *dns.Msg) { m.Question = nil }, "answer to another query"},
		{"no message", nil, "malformed answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // each waits out a timeout
			stray := func(w dns.ResponseWriter, q *dns.Msg) {
				if c.stray == nil {
					w.Write([]byte("leeward"))
					return
				}
				saying(c.stray)(w, q)
			}
			a, addr := probing(t, soa, nameserver(t, "127.0.0.1", func(w dns.ResponseWriter, q *dns.Msg) {
				stray(w, q.Copy())
				saying(func(*dns.Msg) {})(w, q)
			}))
			if got := try(t, a, addr, patient); got != "passed" {
				t.Errorf("before the answer: %q", got)
			}
			a, addr = probing(t, soa, nameserver(t, "127.0.0.1", stray))
			if got := try(t, a, addr, time.Second); got != c.want {
				t.Errorf("alone: %q, want %q", got, c.want)
			}
		})
	}
}

func TestDNSTimesOut(t *testing.T) {
	a, addr := probing(t, soa, nameserver(t, "127.0.0.1", func(dns.ResponseWriter, *dns.Msg) {}))
	if got := try(t, a, addr, 200*time.Millisecond); got != "timeout" {
		t.Error(got)
	}
}

func TestDNSRefused(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pc.Close()
	a, addr := probing(t, soa, pc.LocalAddr().String())
	if got := try(t, a, addr, patient); got != "connection refused" {
		t.Error(got)
	}
}

// Whatever arrives, nothing panics, and what matches echoes the id and the question.
func FuzzDNSAnswer(f *testing.F) {
	question := dns.Question{Name: "example.com.", Qtype: dns.TypeSOA, Qclass: dns.ClassINET}
	for _, change := range []func(m *dns.Msg){
		func(*dns.Msg) {},
		func(m *dns.Msg) { m.Truncated = true },
		func(m *dns.Msg) { m.Rcode, m.Question = dns.RcodeFormatError, nil },
	} {
		m := new(dns.Msg).SetReply(&dns.Msg{MsgHdr: dns.MsgHdr{Id: 258}, Question: []dns.Question{question}})
		m.Authoritative = true
		change(m)
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		matches, err := judge(octets, 258, question)
		if !matches && err == nil {
			t.Fatal("no match and nothing wrong")
		}
		if matches && (len(octets) < 12 || octets[0] != 1 || octets[1] != 2 || octets[2]&0x80 == 0) {
			t.Fatalf("%x matches", octets)
		}
		if err != nil && (len(err.Error()) > maxDetail || strings.TrimSpace(err.Error()) == "") {
			t.Fatalf("the reason is %q", err)
		}
	})
}
