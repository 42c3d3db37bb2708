package dnsserver

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Rows follow the chart of query.parse: bytes on the wire, and how they are answered. In the hex, "Q" stands for the
// question mail.example.com A IN, "O" for an OPT record up to its options' length.
func TestPackets(t *testing.T) {
	const (
		question = "046d61696c076578616d706c6503636f6d0000010001"
		opt      = "00 0029 04d0 00 00 0000"
	)
	w := newWorld(t)
	for _, row := range []struct {
		name, packet, want string
	}{
		{"empty", "", "silence"},
		{"shorter than a header", "0001 0000 0001 0000 0000 00", "silence"},
		{"a response", "0001 8000 0001 0000 0000 0000 Q", "silence"},
		{"a header alone", "0001 0000 0000 0000 0000 0000", "FORMERR"},
		{"no question, but EDNS", "0001 0000 0000 0000 0000 0001 O 0000", "FORMERR opt"},
		{"a question that is not there", "0001 0000 0001 0000 0000 0000", "FORMERR"},
		{"a question cut short", "0001 0000 0001 0000 0000 0000 046d6169", "FORMERR"},
		{"a question without class", "0001 0000 0001 0000 0000 0000 046d61696c000001", "FORMERR"},
		{"two questions", "0001 0000 0002 0000 0000 0000 Q Q", "FORMERR"},
		{"a pointer in the question", "0001 0000 0001 0000 0000 0000 c00c 0001 0001", "FORMERR"},
		{"a pointer after a label", "0001 0000 0001 0000 0000 0000 046d61696c c00c 0001 0001", "FORMERR"},
		{"a label of 64 octets", "0001 0000 0001 0000 0000 0000 40" + strings.Repeat("61", 64) + "00 0001 0001", "FORMERR"},
		{"a name of 256 octets", "0001 0000 0001 0000 0000 0000 " + strings.Repeat("3f"+strings.Repeat("61", 63), 3) + "3e" + strings.Repeat("61", 62) + "00 0001 0001", "FORMERR"},
		{"a name of 255 octets", "0001 0000 0001 0000 0000 0000 " + strings.Repeat("3f"+strings.Repeat("61", 63), 3) + "3d" + strings.Repeat("61", 61) + "00 0001 0001", "REFUSED"},
		{"bytes after the question", "0001 0000 0001 0000 0000 0000 Q 00", "FORMERR"},
		{"a record that is not there", "0001 0000 0001 0001 0000 0000 Q", "FORMERR"},
		{"a record in the answer section", "0001 0000 0001 0001 0000 0000 Q c00c 0001 0001 00000000 0004 01020304", "NOERROR"},
		{"OPT", "0001 0000 0001 0000 0000 0001 Q O 0000", "NOERROR"},
		{"two OPT", "0001 0000 0001 0000 0000 0002 Q O 0000 O 0000", "FORMERR"},
		{"OPT in the answer section", "0001 0000 0001 0001 0000 0000 Q O 0000", "FORMERR"},
		{"OPT with a name", "0001 0000 0001 0000 0000 0001 Q c00c 0029 04d0 00 00 0000 0000", "FORMERR"},
		{"OPT cut short", "0001 0000 0001 0000 0000 0001 Q 00 0029 04d0", "FORMERR"},
		{"an option that is longer than OPT", "0001 0000 0001 0000 0000 0001 Q O 0004 fde9 0001", "FORMERR"},
		{"half an option", "0001 0000 0001 0000 0000 0001 Q O 0003 fde900", "FORMERR"},
		{"an unknown option", "0001 0000 0001 0000 0000 0001 Q O 0005 fde9 0001 00", "NOERROR"},
		{"EDNS version 1, garbage in options", "0001 0000 0001 0000 0000 0001 Q 00 0029 04d0 00 01 0000 0001 ff", "BADVERS"},
		{"opcode 15", "0001 7800 0001 0000 0000 0000 Q", "NOTIMP"},
		{"opcode 15 with OPT", "0001 7800 0001 0000 0000 0001 Q O 0000", "NOTIMP opt"},
		{"opcode 15 with garbage behind the question", "0001 7800 0001 0000 0000 0001 Q 00", "NOTIMP"},
		{"opcode 15 without a question", "0001 7800 0000 0000 0000 0000", "NOTIMP"},

		{"zone version", "0001 0000 0001 0000 0000 0001 Q O 0004 0013 0000", "NOERROR"},
		{"zone version with content", "0001 0000 0001 0000 0000 0001 Q O 0005 0013 0001 00", "NOERROR"},
		{"keepalive with a time", "0001 0000 0001 0000 0000 0001 Q O 0006 000b 0002 0064", "NOERROR"},

		{"a client cookie", "0001 0000 0001 0000 0000 0001 Q O 000c 000a 0008 0102030405060708", "NOERROR cookie"},
		{"a whole cookie", "0001 0000 0001 0000 0000 0001 Q O 001c 000a 0018 0102030405060708 010000005cf79f11 1f8130c3eee29480", "NOERROR cookie"},
		{"the shortest whole cookie", "0001 0000 0001 0000 0000 0001 Q O 0014 000a 0010 0102030405060708 0102030405060708", "NOERROR cookie"},
		{"a cookie of no octets", "0001 0000 0001 0000 0000 0001 Q O 0004 000a 0000", "FORMERR"},
		{"a cookie of 7 octets", "0001 0000 0001 0000 0000 0001 Q O 000b 000a 0007 01020304050607", "FORMERR"},
		{"a cookie of 9 octets", "0001 0000 0001 0000 0000 0001 Q O 000d 000a 0009 010203040506070809", "FORMERR"},
		{"a cookie of 15 octets", "0001 0000 0001 0000 0000 0001 Q O 0013 000a 000f 0102030405060708 01020304050607", "FORMERR"},
		{"a cookie of 41 octets", "0001 0000 0001 0000 0000 0001 Q O 002d 000a 0029" + strings.Repeat("00", 41), "FORMERR"},
		{"two cookies: the first counts", "0001 0000 0001 0000 0000 0001 Q O 0011 000a 0008 0102030405060708 000a 0001 00", "NOERROR cookie"},
		{"a cookie before a malformed subnet", "0001 0000 0001 0000 0000 0001 Q O 0013 000a 0008 0102030405060708 0008 0003 0001 00", "FORMERR cookie"},
		{"a cookie without a question", "0001 0000 0000 0000 0000 0001 O 000c 000a 0008 0102030405060708", "NOERROR cookie"},
		{"a malformed cookie without a question", "0001 0000 0000 0000 0000 0001 O 0005 000a 0001 01", "FORMERR"},
		{"a cookie with opcode 15", "0001 7800 0001 0000 0000 0001 Q O 000c 000a 0008 0102030405060708", "NOTIMP cookie"},
		{"a cookie with EDNS version 1", "0001 0000 0001 0000 0000 0001 Q 00 0029 04d0 00 01 0000 000c 000a 0008 0102030405060708", "BADVERS"},

		{"subnet", "0001 0000 0001 0000 0000 0001 Q O 000b 0008 0007 0001 18 00 514500", "NOERROR"},
		{"subnet of family 0 and length 0", "0001 0000 0001 0000 0000 0001 Q O 0008 0008 0004 0000 00 00", "NOERROR"},
		{"subnet cut short", "0001 0000 0001 0000 0000 0001 Q O 0007 0008 0003 0001 00", "FORMERR"},
		{"subnet of family 3", "0001 0000 0001 0000 0000 0001 Q O 0008 0008 0004 0003 00 00", "FORMERR"},
		{"subnet with a scope", "0001 0000 0001 0000 0000 0001 Q O 000b 0008 0007 0001 18 18 514500", "FORMERR"},
		{"subnet with too few octets", "0001 0000 0001 0000 0000 0001 Q O 000a 0008 0006 0001 18 00 5145", "FORMERR"},
		{"subnet with too many octets", "0001 0000 0001 0000 0000 0001 Q O 000c 0008 0008 0001 18 00 51450000", "FORMERR"},
		{"subnet with bits beyond its length", "0001 0000 0001 0000 0000 0001 Q O 000b 0008 0007 0001 17 00 514501", "FORMERR"},
		{"subnet longer than IPv4", "0001 0000 0001 0000 0000 0001 Q O 000d 0008 0009 0001 21 00 5145000000", "FORMERR"},
		{"two subnets", "0001 0000 0001 0000 0000 0001 Q O 0010 0008 0004 0001 00 00 0008 0004 0001 00 00", "FORMERR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := strings.NewReplacer("Q", question, "O", opt).Replace(row.packet)
			packet, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			got := "silence"
			if reply := w.server.Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, nil); len(reply) > 0 {
				checkReply(t, packet, reply, UDP)
				var m dns.Msg
				if err := m.Unpack(reply); err != nil {
					t.Fatal(err)
				}
				got = dns.RcodeToString[m.Rcode]
				if m.Rcode == dns.RcodeBadVers {
					got = "BADVERS"
				}
				if strings.HasSuffix(row.want, " opt") && m.IsEdns0() != nil {
					got += " opt"
				}
				if hasCookie(&m) {
					got += " cookie"
				}
			}
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// hasCookie says whether a response has a cookie, client's and server's part (RFC 7873 5.2).
func hasCookie(m *dns.Msg) bool {
	if m.IsEdns0() == nil {
		return false
	}
	return slices.ContainsFunc(m.IsEdns0().Option, func(o dns.EDNS0) bool {
		cookie, ok := o.(*dns.EDNS0_COOKIE)
		return ok && len(cookie.Cookie) == 2*wholeCookie && strings.HasPrefix(cookie.Cookie, "0102030405060708")
	})
}

// checkReply holds a response to what every response must keep to.
func checkReply(t *testing.T, packet, reply []byte, transport Transport) {
	t.Helper()
	if get16(reply, 0) != get16(packet, 0) {
		t.Errorf("id %x is answered with %x", packet[:2], reply[:2])
	}
	if get16(reply, 2)&flagQR == 0 {
		t.Error("a response without QR")
	}
	var q query
	q.parse(packet)
	if q.question != nil && !strings.HasPrefix(string(reply[headerSize:]), string(q.question)) {
		t.Errorf("the question %x is not echoed: %x", q.question, reply)
	}
	limit := maxMessage
	if transport == UDP {
		limit = max(512, min(int(q.edns.size), 1232))
		if !q.edns.present {
			limit = 512
		}
	}
	if len(reply) > limit {
		t.Errorf("%d octets, where %d are allowed", len(reply), limit)
	}
}

// The longest name and the longest NSID do not fit into 512 octets: the NSID is left out.
func TestLongestNSID(t *testing.T) {
	w := newWorld(t)
	w.view.NSID = strings.Repeat("n", 255)
	w.publish(steering.Facts{})
	label := strings.Repeat("a", 63)
	m := new(dns.Msg).SetQuestion(label+"."+label+"."+label+"."+label[:49]+".example.com.", dns.TypeA)
	m.Extra = []dns.RR{&dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 512},
		Option: []dns.EDNS0{&dns.EDNS0_NSID{Code: dns.EDNS0NSID}}}}
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	checkReply(t, packet, w.server.Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, nil), UDP)
}

// TestAnswerAllocatesNothing covers every kind of answer over UDP, with a ramp and without.
func TestAnswerAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	out := make([]byte, 0, maxMessage)
	client := netip.MustParseAddr("81.2.69.142")
	for _, c := range kindsOfAnswers {
		packet := c.pack(t)
		for _, back := range []int{100, 86} {
			f := w.facts(t, nil, nil)
			w.rise(&f, "lhr/northway", back)
			w.publish(f)
			if n := testing.AllocsPerRun(100, func() { w.server.Answer(packet, client, UDP, out) }); n != 0 {
				t.Errorf("%s, %d slices back: %v allocations", c.kind, back, n)
			}
		}
	}
}

type kindOfAnswer struct {
	kind, name string
	qtype      uint16
	subnet     string
	do         bool
	cookie     string
}

var kindsOfAnswers = []kindOfAnswer{
	{"static", "mail.example.com.", dns.TypeA, "", false, ""},
	{"steered", "www.example.com.", dns.TypeA, "", false, ""},
	{"steered-ecs", "www.example.com.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-nearest", "own.failover.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-failover", "failover.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-weighted", "weighted.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-count", "two.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-pinned", "pinned.steer.example.", dns.TypeA, "133.12.9.0/24", false, ""},
	{"policy-checked", "checked.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-all", "all.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-none", "none.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-closed", "closed.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"policy-fallback", "home.steer.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"alias", "alias.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"alias-chain", "name.alias.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"alias-renamed", "renamed.alias.example.", dns.TypeA, "", false, ""},
	{"alias-nodata", "nodata.alias.example.", dns.TypeA, "", false, ""},
	{"alias-missing", "missing.alias.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"alias-circle", "self.alias.example.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"hints", "alias.example.", dns.TypeHTTPS, "81.2.69.0/24", false, ""},
	{"hints-mandatory", "must.alias.example.", dns.TypeSVCB, "81.2.69.0/24", false, ""},
	{"chain", "cross.example.com.", dns.TypeA, "81.2.69.0/24", false, ""},
	{"wildcard", "a.b.wild.example.com.", dns.TypeA, "", false, ""},
	{"dname", "a.old.example.com.", dns.TypeA, "", false, ""},
	{"nodata", "mail.example.com.", dns.TypeTXT, "", false, ""},
	{"nxdomain", "nope.example.com.", dns.TypeA, "", false, ""},
	{"referral", "www.sub.example.com.", dns.TypeA, "", false, ""},
	{"truncated", "big.example.com.", dns.TypeA, "", false, ""},
	{"any", "example.com.", dns.TypeANY, "", false, ""},
	{"refused", "example.org.", dns.TypeA, "", false, ""},
	{"refused-edns", "example.org.", dns.TypeA, "192.0.2.0/24", false, ""},
	{"signed", "mail.nsec.example.", dns.TypeA, "", true, ""},
	{"signed-wildcard", "x.apps.optout.example.", dns.TypeA, "", true, ""},
	{"signed-nxdomain", "nope.nsec.example.", dns.TypeA, "", true, ""},
	{"signed-nxdomain-nsec3", "nope.optout.example.", dns.TypeA, "", true, ""},
	{"signed-referral", "plain.nsec.example.", dns.TypeA, "", true, ""},
	{"signed-referral-nsec3", "plain.optout.example.", dns.TypeA, "", true, ""},
	{"cookie", "mail.example.com.", dns.TypeA, "", false, "2464c4abcf10c957"},
	{"cookie-bad", "mail.example.com.", dns.TypeA, "", false, "2464c4abcf10c957010000005cf79f111f8130c3eee29480"},
}

func (c kindOfAnswer) pack(t testing.TB) []byte {
	m := new(dns.Msg)
	m.SetQuestion(c.name, c.qtype)
	if c.subnet != "" || c.do || c.cookie != "" {
		opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}}
		if opt.SetDo(c.do); c.subnet != "" {
			ednsWord(t, opt, "subnet", c.subnet)
		}
		if c.cookie != "" {
			opt.Option = append(opt.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: c.cookie})
		}
		m.Extra = []dns.RR{opt}
	}
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

func BenchmarkAnswer(b *testing.B) {
	w := newWorld(b)
	out := make([]byte, 0, maxMessage)
	client := netip.MustParseAddr("81.2.69.142")
	for _, c := range kindsOfAnswers {
		packet := c.pack(b)
		b.Run(c.kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.server.Answer(packet, client, UDP, out)
			}
		})
	}
}

// FuzzAnswer: no bytes make Answer panic; a response echoes id and question, fits, and can be read.
func FuzzAnswer(f *testing.F) {
	for _, c := range kindsOfAnswers {
		f.Add(c.pack(f), true)
	}
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x01\x00\x00\x29\x02\x00\x00\x00\x80\x00\x00\x04\x00\x03\x00\x00"), false)
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, packet []byte, udp bool) {
		transport := TCP
		if udp {
			transport = UDP
		}
		reply := w.server.Answer(packet, netip.MustParseAddr("2001:db8::1"), transport, nil)
		if len(reply) == 0 {
			if len(packet) >= headerSize && get16(packet, 2)&flagQR == 0 {
				t.Error("a query without a reply")
			}
			return
		}
		checkReply(t, packet, reply, transport)
		if err := new(dns.Msg).Unpack(reply); err != nil {
			t.Errorf("the reply cannot be read: %v", err)
		}
	})
}
