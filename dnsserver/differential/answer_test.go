package differential

import (
	"cmp"
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
	answerPart
	authorityPart
	additionalPart
	questionPart
	bitsPart
	optPart
	parts
)

// manner is the first of the parts that are manner: they do not depend on the zones.
const manner = questionPart

var partWords = [parts]string{"rcode", "flags", "answer", "authority", "additional", "question", "bits", "opt"}

// answer is a response made comparable, part by part. Of what servers may choose nothing is left: the order of records
// and the letter case of names. A truncated response counts as empty, because nobody may use what is in it (RFC 2181 9).
type answer [parts]string

// read makes a response comparable.
func read(msg []byte) (a answer) {
	if msg == nil {
		a[rcodePart], a[bitsPart] = "silence", "silence"
		return a
	}
	var m dns.Msg
	if err := cmp.Or(m.Unpack(msg), entire(msg)); err != nil {
		a[rcodePart], a[bitsPart] = fmt.Sprintf("malformed (%v) %x", err, msg), "malformed"
		return a
	}
	a[rcodePart] = fmt.Sprintf("opcode %d ", m.Opcode) + dns.RcodeToString[m.Rcode]
	bits := binary.BigEndian.Uint16(msg[2:])
	a[flagsPart], a[bitsPart] = flags(bits, "aa", "tc"), flags(bits, "rd", "ra", "z", "ad", "cd")
	for _, q := range m.Question {
		a[questionPart] += fmt.Sprintf("%s %d %d;", q.Name, q.Qtype, q.Qclass) // its letter case is the client's (RFC 1034 3.1)
	}
	if !m.Truncated {
		a[answerPart], a[authorityPart], a[additionalPart] = records(m.Answer), records(m.Ns), records(m.Extra)
	}
	a[optPart] = options(m.Extra)
	return a
}

// flagBits are the bits of the header (RFC 1035 4.1.1, RFC 4035 3.1.6).
var flagBits = map[string]uint16{"aa": 1 << 10, "tc": 1 << 9, "rd": 1 << 8, "ra": 1 << 7, "z": 1 << 6, "ad": 1 << 5, "cd": 1 << 4}

// flags are those of the words whose bit is set.
func flags(bits uint16, of ...string) string {
	var set []string
	for _, word := range of {
		if bits&flagBits[word] != 0 {
			set = append(set, word)
		}
	}
	return strings.Join(set, " ")
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
			case *dns.EDNS0_COOKIE:
				fmt.Fprintf(&b, " cookie=%s", ofCookie(o.Cookie))
			default:
				fmt.Fprintf(&b, " option%d=%s", o.Option(), o)
			}
		}
	}
	return b.String()
}

// differs says in which of the parts [from, to) two answers differ.
func (a answer) differs(b answer, from, to part) (in []part) {
	for p := from; p < to; p++ {
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
