package differential

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// part is what is compared of a response.
type part int

const (
	rcodePart part = iota
	flagsPart
	questionPart
	answerPart
	authorityPart
	additionalPart
	optPart
	parts
)

var partWords = [parts]string{"rcode", "flags", "question", "answer", "authority", "additional", "opt"}

// answer is a response made comparable, part by part. Of what servers may choose nothing is left: the order of records
// and the letter case of names. A truncated response counts as empty, because nobody may use what is in it (RFC 2181 9).
type answer [parts]string

// read makes a response comparable.
func read(msg []byte) (a answer) {
	if msg == nil {
		a[rcodePart] = "silence"
		return a
	}
	var m dns.Msg
	if err := m.Unpack(msg); err != nil {
		a[rcodePart] = fmt.Sprintf("malformed (%v) %x", err, msg)
		return a
	}
	a[rcodePart] = fmt.Sprintf("opcode %d ", m.Opcode) + dns.RcodeToString[m.Rcode]
	a[flagsPart] = flags(binary.BigEndian.Uint16(msg[2:]))
	for _, q := range m.Question {
		a[questionPart] += fmt.Sprintf("%s %d %d;", q.Name, q.Qtype, q.Qclass) // its letter case is the client's (RFC 1034 3.1)
	}
	if !m.Truncated {
		a[answerPart], a[authorityPart], a[additionalPart] = records(m.Answer), records(m.Ns), records(m.Extra)
	}
	a[optPart] = options(m.Extra)
	return a
}

func flags(bits uint16) string {
	var words []string
	for i, word := range []string{"cd", "ad", "z", "ra", "rd", "tc", "aa"} {
		if bits&(1<<(4+i)) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func records(rrs []dns.RR) string {
	var lines []string
	for _, rr := range rrs {
		if rr.Header().Rrtype == dns.TypeOPT {
			continue
		}
		line := rr.String()
		if rr.Header().Rrtype == dns.TypeTXT {
			owner := rr.Header().Name
			line = strings.ToLower(owner) + strings.TrimPrefix(line, owner)
		} else {
			line = strings.ToLower(line)
		}
		lines = append(lines, strings.ReplaceAll(line, "\t", " ")+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func options(rrs []dns.RR) string {
	var b strings.Builder
	for _, rr := range rrs {
		opt, ok := rr.(*dns.OPT)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "version %d size %d", opt.Version(), opt.UDPSize())
		if opt.Do() {
			b.WriteString(" do")
		}
		if opt.Hdr.Ttl&0x7FFF != 0 {
			b.WriteString(" z")
		}
		for _, o := range opt.Option {
			switch o := o.(type) {
			case *dns.EDNS0_EDE:
				fmt.Fprintf(&b, " ede=%d", o.InfoCode) // its text is anybody's own (RFC 8914 2)
			default:
				fmt.Fprintf(&b, " option%d=%s", o.Option(), o)
			}
		}
	}
	return b.String()
}

// differs says in which parts two answers differ.
func (a answer) differs(b answer) (in []part) {
	for p := range parts {
		if a[p] != b[p] {
			in = append(in, p)
		}
	}
	return in
}

// words names parts, as the list of accepted differences does.
func words(in []part) string {
	var names []string
	for _, p := range in {
		names = append(names, partWords[p])
	}
	return strings.Join(names, ",")
}

func (a answer) String() string {
	var b strings.Builder
	for p := range parts {
		if a[p] != "" {
			fmt.Fprintf(&b, "  %s: %s\n", partWords[p], strings.ReplaceAll(strings.TrimSpace(a[p]), "\n", "\n     "))
		}
	}
	return b.String()
}
