package zones

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

var epoch = time.Unix(1_700_000_000, 0)

// reference is RFC 1034 section 4.3.2 with RFC 4592 and RFC 6672 word by word, over a list of records of the zone z.
// What the tree has found at load it looks for again and again.
type reference []dns.RR

func (ref reference) has(owner string, t uint16) bool {
	return slices.ContainsFunc(ref, func(rr dns.RR) bool { return rr.Header().Name == owner && rr.Header().Rrtype == t })
}

// exists says whether a name exists: it or one below it has a record (RFC 4592 section 2.2.3).
func (ref reference) exists(name string) bool {
	return slices.ContainsFunc(ref, func(rr dns.RR) bool { return dns.IsSubDomain(name, rr.Header().Name) })
}

func (ref reference) lookup(qname string, qtype uint16) string {
	labels := dns.SplitDomainName(qname)
	for i := len(labels) - 1; i >= 0; i-- { // step 3: label by label, from the apex downwards
		name := strings.Join(labels[i:], ".") + "."
		if name != "z." && ref.has(name, dns.TypeNS) && (i > 0 || qtype != dns.TypeDS) {
			return "REFERRAL " + name // 3 b
		}
		if i > 0 && ref.has(name, dns.TypeDNAME) {
			return "DNAME " + name // RFC 6672 section 3.2
		}
	}
	if ref.exists(qname) { // 3 a
		return ref.node(qname, qtype)
	}
	encloser := qname
	for !ref.exists(encloser) {
		_, encloser, _ = strings.Cut(encloser, ".")
	}
	if source := "*." + encloser; ref.exists(source) { // 3 c
		return ref.node(source, qtype) + " by wildcard"
	}
	return "NXDOMAIN"
}

func (ref reference) node(name string, qtype uint16) string {
	switch {
	case ref.has(name, qtype):
		return "ANSWER " + name
	case qtype == dns.TypeANY && slices.ContainsFunc(ref, func(rr dns.RR) bool { return rr.Header().Name == name }):
		return "ANSWER"
	case qtype != dns.TypeANY && ref.has(name, dns.TypeCNAME):
		return "CNAME " + name
	case (qtype == dns.TypeA || qtype == dns.TypeAAAA) && ref.has(name, TypeALIAS):
		return "ALIAS " + name
	default:
		return "NODATA"
	}
}

// inWords writes a result in the reference's words.
func inWords(r Result) string {
	s := [...]string{"NXDOMAIN", "NODATA", "ANSWER", "CNAME", "ALIAS", "DNAME", "REFERRAL"}[r.Kind]
	if r.Set != nil {
		s += " " + r.Set.Owner.String()
	}
	if r.Wildcard {
		s += " by wildcard"
	}
	return s
}

// smallZone is a random zone of few labels, so that cuts, DNAMEs, wildcards and aliases get into each other's way. It
// keeps the rules that a zone must keep.
func smallZone(random *rand.Rand) string {
	var text strings.Builder
	text.WriteString("$TTL 60\nz. SOA ns.z. host.z. 1 2 3 4 5\nz. NS ns.z.\n")
	taken := map[string][]string{"z.": {"NS"}}
	for range 1 + random.IntN(8) {
		owner := smallName(random)
		rdata := [...]string{"A 192.0.2.1", "NS a.z.", "CNAME b.z.", "DNAME c.", "DS 1 8 2 00", "MX 1 a.b.z.", `TYPE65401 \# 5 0162017a00`}[random.IntN(7)]
		kind, _, _ := strings.Cut(rdata, " ")
		if slices.ContainsFunc(taken[owner], func(had string) bool { return clash(kind, had) || clash(had, kind) }) {
			continue
		}
		taken[owner] = append(taken[owner], kind)
		fmt.Fprintf(&text, "%s %s\n", owner, rdata)
	}
	return text.String()
}

// clash says whether the first of two types may not stand beside the second.
func clash(kind, other string) bool {
	return kind == "CNAME" || kind == "A" && other == "TYPE65401"
}

func smallName(random *rand.Rand) string {
	name := "z."
	for range random.IntN(5) {
		name = [...]string{"a.", "b.", "*."}[random.IntN(3)] + name
	}
	return name
}

// checkAgainstReference asks a small zone and the reference the same questions.
func checkAgainstReference(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	text := smallZone(random)
	zone, _, err := parseText(t, "z", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var ref reference
	parser := dns.NewZoneParser(strings.NewReader(text), ".", "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		ref = append(ref, rr)
	}
	for range 40 {
		qname := smallName(random)
		qtype := [...]uint16{dns.TypeA, dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypeDS, dns.TypeANY, dns.TypeAAAA, TypeALIAS}[random.IntN(8)]
		got, want := inWords(zone.Lookup([]byte(name(t, qname)), qtype)), ref.lookup(qname, qtype)
		if got != want {
			t.Fatalf("seed %d: %s %s: %s, want %s, in\n%s", seed, qname, TypeName(qtype), got, want, text)
		}
	}
}

func TestLookupIsTheReference(t *testing.T) {
	for seed := range uint64(1000) {
		checkAgainstReference(t, seed)
	}
}

func FuzzLookup(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { checkAgainstReference(t, seed) })
}
