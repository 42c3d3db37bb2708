package zones

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// signature is an RRSIG over a type, with a TTL of its own.
func signature(owner string, ttl int, covers string) string {
	return fmt.Sprintf("%s %d RRSIG %s 8 1 60 20300101000000 20200101000000 1 z. AAAA\n", owner, ttl, covers)
}

// Signatures are one RRset for each type that they cover, with its TTL (RFC 4034 section 3).
func TestSignatures(t *testing.T) {
	zone, _, err := parseText(t, "z", rest+"www 300 A 192.0.2.1\nwww 60 TXT x\n"+
		signature("WWW", 77, "A")+signature("www", 77, "TXT")+signature("www", 77, "AAAA"))
	if err != nil {
		t.Fatal(err)
	}
	node := zone.Lookup([]byte(name(t, "www.z")), dns.TypeANY).Node
	var got []string
	for _, s := range node.Sets() {
		signatures := "none"
		if s.Signatures() != nil {
			signatures = TypeName(s.Signatures().Covers())
		}
		got = append(got, fmt.Sprint(TypeName(s.Type), " ", s.Covers(), " ", s.TTL, " ", signatures))
	}
	want := "A 0 300 A, TXT 0 60 TXT, RRSIG 1 300 none, RRSIG 16 60 none, RRSIG 28 77 none"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	if zone.Signed() {
		t.Error("signed, without a signature of the SOA")
	}
}

// A signature covers the serial, so that no policy may change it.
func TestSignedSerial(t *testing.T) {
	before := &Zone{fileSerial: 7, serial: 7}
	serial, warning := Increment.serve(before, &text{serial: 7, signed: true}, time.Unix(0, 0))
	if serial != 7 || !strings.Contains(warning, "did not") {
		t.Errorf("served with %d, %q", serial, warning)
	}
}

// TestSortKey holds the keys against the order of RFC 4034 section 6.1, whose example this is.
func TestSortKey(t *testing.T) {
	last := ""
	for _, text := range []string{"example", "a.example", "yljkjljk.a.example", "z.a.example", "zabc.a.example", "z.example",
		`\000.z.example`, `\000\000.z.example`, `\001.z.example`, `\001a.z.example`, `\002.z.example`, "*.z.example", `\200.z.example`} {
		key := string(sortKey(nil, []byte(name(t, text).Lower())))
		if key <= last {
			t.Errorf("%s does not come after the name before it", text)
		}
		last = key
	}
}

// What is signed is not steered, and the operator is told.
func TestSignedIsNotSteered(t *testing.T) {
	r := newReading(Source{Origin: name(t, "z"), File: "testdata/memory.zone"}, epoch)
	text, err := r.all("testdata/memory.zone", []byte(rest+"www 60 A 192.0.2.1\nwww 60 A 198.51.100.1\n"+signature("www", 60, "A")))
	if err != nil {
		t.Fatal(err)
	}
	zone := text.zone(testNetwork(t), 7)
	if zone.Steered() != 0 {
		t.Error("a signed RRset is steered")
	}
	for _, w := range r.advise(zone) {
		if strings.HasSuffix(w.String(), `"www": the RRset of type A is signed in the file: it is given whole and not steered`) {
			return
		}
	}
	t.Error("nobody is told")
}
