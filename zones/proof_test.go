package zones

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// withChain adds a chain of NSEC3 over all names of a small zone to its text. Gaps leaves some of the chain out.
func withChain(zone *Zone, text string, gaps *rand.Rand) string {
	var hashes []string
	for name, n := range zone.nodes.all() {
		if n.rule == nil || n.delegates {
			hashes = append(hashes, dns.HashName(Name(name).String(), dns.SHA1, 2, "aabb"))
		}
	}
	slices.Sort(hashes)
	var b strings.Builder
	b.WriteString(text + signature("z.", 60, "SOA") + "z. NSEC3PARAM 1 0 2 aabb\n")
	for i, hash := range hashes {
		if gaps == nil || gaps.IntN(2) == 0 {
			fmt.Fprintf(&b, "%s.z. NSEC3 1 0 2 aabb %s A\n", hash, hashes[(i+1)%len(hashes)])
		}
	}
	return b.String()
}

// proofs are the records of a proof, as a validator reads them.
func proofs(t *testing.T, p Proof) (list []*dns.NSEC3) {
	for _, s := range p.Sets() {
		rr, err := dns.NewRR(record(s, 0))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr.(*dns.NSEC3))
	}
	return list
}

// proves says whether the proof has all that RFC 5155 section 8 looks for.
func proves(ref reference, qname string, r Result, p []*dns.NSEC3) bool {
	matches := func(name string) bool {
		return slices.ContainsFunc(p, func(n *dns.NSEC3) bool { return n.Match(name) })
	}
	covers := func(name string) bool {
		return slices.ContainsFunc(p, func(n *dns.NSEC3) bool { return n.Cover(name) })
	}
	encloser, next := qname, qname
	for !ref.exists(encloser) {
		next = encloser
		_, encloser, _ = strings.Cut(encloser, ".")
	}
	switch {
	case r.Kind == Referral:
		return r.Set.DS() != nil || matches(r.Set.Owner.String())
	case r.Kind == NXDomain:
		return matches(encloser) && covers(next) && covers("*."+encloser)
	case r.Kind == NoData && r.Wildcard:
		return matches(encloser) && covers(next) && matches("*."+encloser)
	case r.Kind == NoData:
		return matches(qname)
	case r.Wildcard:
		return covers(next)
	default:
		return len(p) == 0
	}
}

// Every proof of a whole chain is one; no gap in a chain stops the server.
func TestProofs(t *testing.T) {
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 1))
		text := strings.ReplaceAll(smallZone(random), "TYPE65401", "TYPE65402") // no ALIAS can be signed
		plain, _, err := parseText(t, "z", text)
		if err != nil {
			t.Fatal(err)
		}
		whole, _, err := parseText(t, "z", withChain(plain, text, nil))
		if err != nil {
			t.Fatal(err)
		}
		torn, _, err := parseText(t, "z", withChain(plain, text, random))
		if err != nil {
			t.Fatal(err)
		}
		var ref reference
		parser := dns.NewZoneParser(strings.NewReader(text), ".", "")
		for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
			ref = append(ref, rr)
		}
		for range 40 {
			qname := smallName(random)
			wire := []byte(name(t, qname))
			for _, qtype := range []uint16{dns.TypeTXT, dns.TypeA, dns.TypeDS} {
				r := whole.Lookup(wire, qtype)
				if p := proofs(t, whole.Proof(wire, &r)); !proves(ref, qname, r, p) {
					t.Fatalf("seed %d: %s %s: %s is not proved by %v, in\n%s", seed, qname, TypeName(qtype), inWords(r), p, text)
				}
				r = torn.Lookup(wire, qtype)
				torn.Proof(wire, &r)
			}
		}
	}
}
