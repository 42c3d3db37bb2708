package dnsserver

import (
	"bufio"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

var update = flag.Bool("update", false, "write the transcripts anew from what the server answers")

// TestTranscripts holds the server to testdata/*.txt. A block is a question and the answer to it:
//
//	? NAME TYPE [CLASS] [from=ADDR] [edns=SIZE] [do] [nsid] [subnet=ADDR/LEN] [tcp] [rd] [cd] [down=UPLINK,...] [drained=UPLINK,...]
//	  [back=UPLINK:SLICES,...] [stale] [keepalive] [zoneversion]
//	RCODE FLAGS [scope=N] [nsid=TEXT] [size=N]
//	SECTION RECORD, in the order given, names in the case given
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { transcript(t, file) })
	}
}

func transcript(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	world := newWorld(t)
	var out, want, got strings.Builder
	line, asked := 0, 0
	compare := func() {
		if !*update && strings.TrimSpace(want.String()) != strings.TrimSpace(got.String()) {
			t.Errorf("%s:%d:\ngot:\n%s\nwant:\n%s", file, asked, got.String(), want.String())
		}
		want.Reset()
		got.Reset()
	}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line++
		text := lines.Text()
		switch {
		case strings.HasPrefix(text, "? "):
			compare()
			asked = line
			got.WriteString(world.ask(t, text[2:]))
			fmt.Fprintf(&out, "%s\n%s", text, got.String())
		case strings.HasPrefix(text, "#"), text == "":
			fmt.Fprintln(&out, text)
		default:
			fmt.Fprintln(&want, text)
		}
	}
	compare()
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// ask puts a question line to the server and gives the answer as a block.
func (w *world) ask(t testing.TB, line string) string {
	words := strings.Fields(line)
	m := new(dns.Msg)
	m.Id = 4 // no rotation in lists of 2 or 4
	m.Question = []dns.Question{{Name: words[0], Qtype: typeOf(words[1]), Qclass: dns.ClassINET}}
	client, transport := netip.MustParseAddr("192.0.2.99"), UDP
	opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}}
	withOPT := false
	var down, drained, back []string
	stale := false
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "CH", "HS", "ANY":
			m.Question[0].Qclass = dns.StringToClass[key]
		case "from":
			client = netip.MustParseAddr(value)
		case "tcp":
			transport = TCP
		case "rd":
			m.RecursionDesired = true
		case "cd":
			m.CheckingDisabled = true
		case "id":
			m.Id = uint16(number(t, value))
		case "opcode":
			m.Opcode = number(t, value)
		case "down":
			down = strings.Split(value, ",")
		case "drained":
			drained = strings.Split(value, ",")
		case "stale":
			stale = true
		case "back":
			back = strings.Split(value, ",")
		default:
			withOPT = true
			ednsWord(t, opt, key, value)
		}
	}
	if withOPT {
		m.Extra = []dns.RR{opt}
	}
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	f := w.facts(t, down, drained)
	for _, ramp := range back {
		uplink, slices, _ := strings.Cut(ramp, ":")
		w.rise(&f, uplink, number(t, slices))
	}
	if stale {
		f.Before = steering.Judge(w.network, f)
		for i := range f.Sheets {
			f.Sheets[i].Age = f.Stale + 1
		}
	}
	w.publish(f)
	return block(t, m, w.server.Answer(query, client, transport, nil))
}

func ednsWord(t testing.TB, opt *dns.OPT, key, value string) {
	switch key {
	case "edns":
		opt.SetUDPSize(uint16(number(t, value)))
	case "version":
		opt.SetVersion(uint8(number(t, value)))
	case "do":
		opt.SetDo()
	case "keepalive":
		opt.Option = append(opt.Option, &dns.EDNS0_LOCAL{Code: optionKeepAlive})
	case "zoneversion":
		opt.Option = append(opt.Option, &dns.EDNS0_LOCAL{Code: optionZoneVersion})
	case "nsid":
		opt.Option = append(opt.Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID})
	case "option":
		opt.Option = append(opt.Option, &dns.EDNS0_LOCAL{Code: uint16(number(t, value)), Data: []byte("x")})
	case "subnet":
		p := netip.MustParsePrefix(value)
		family := uint16(1)
		if p.Addr().Is6() {
			family = 2
		}
		address := p.Addr().As16()
		opt.Option = append(opt.Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: family,
			SourceNetmask: uint8(p.Bits()), Address: address[:]})
	default:
		t.Fatalf("unknown word %q", key)
	}
}

func typeOf(s string) uint16 {
	if t, ok := dns.StringToType[s]; ok {
		return t
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(s, "TYPE"))
	return uint16(n)
}

func number(t testing.TB, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// block renders a response.
func block(t testing.TB, query *dns.Msg, response []byte) string {
	if len(response) == 0 {
		return "silence\n"
	}
	m := new(dns.Msg)
	if err := m.Unpack(response); err != nil {
		t.Fatalf("the response does not parse: %v\n%x", err, response)
	}
	if m.Id != query.Id || !slices.Equal(m.Question, query.Question) {
		t.Errorf("id or question changed: %v", m.Question)
	}
	verify(t, m)
	var b strings.Builder
	rcode := dns.RcodeToString[m.Rcode]
	if m.Rcode == dns.RcodeBadVers {
		rcode = "BADVERS" // the number is BADSIG's too
	}
	b.WriteString(rcode)
	for _, flag := range []struct {
		set  bool
		word string
	}{{m.Authoritative, "aa"}, {m.Truncated, "tc"}, {m.RecursionDesired, "rd"}, {m.RecursionAvailable, "ra"},
		{m.CheckingDisabled, "cd"}, {m.AuthenticatedData, "ad"}} {
		if flag.set {
			b.WriteString(" " + flag.word)
		}
	}
	if opt := m.IsEdns0(); opt != nil {
		fmt.Fprintf(&b, " edns=%d", opt.UDPSize())
		if opt.Do() {
			b.WriteString(" do")
		}
		for _, o := range opt.Option {
			switch o := o.(type) {
			case *dns.EDNS0_SUBNET:
				fmt.Fprintf(&b, " subnet=%s/%d scope=%d", o.Address, o.SourceNetmask, o.SourceScope)
			case *dns.EDNS0_ZONEVERSION:
				fmt.Fprintf(&b, " zoneversion=%d,%d,%x", o.LabelCount, o.Type, o.Version)
			default:
				fmt.Fprintf(&b, " option%d=%s", o.Option(), o)
			}
		}
	}
	b.WriteString("\n")
	for _, section := range []struct {
		word string
		rrs  []dns.RR
	}{{"answer", m.Answer}, {"authority", m.Ns}, {"additional", m.Extra}} {
		for _, rr := range section.rrs {
			switch rr := rr.(type) {
			case *dns.OPT:
			case *dns.RRSIG: // verify has read the rest
				fmt.Fprintf(&b, "%s %s %d IN RRSIG %s\n", section.word, rr.Hdr.Name, rr.Hdr.Ttl, dns.Type(rr.TypeCovered))
			default:
				fmt.Fprintf(&b, "%s %s\n", section.word, strings.ReplaceAll(rr.String(), "\t", " "))
			}
		}
	}
	return b.String()
}
