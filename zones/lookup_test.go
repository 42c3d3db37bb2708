package zones

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

var update = flag.Bool("update", false, "write the results into the transcripts, to be read before they are committed")

func TestLookup(t *testing.T) {
	zone := parseFile(t, "testdata/example.com.zone", "example.com")
	transcript(t, "testdata/lookup.txt", func(query string) string {
		text, qtype, _ := strings.Cut(query, " ")
		return show(zone.Lookup([]byte(name(t, text).Lower()), dns.StringToType[qtype]))
	})
}

// transcript holds the answer to every line of a file that begins with ? against the lines that follow it.
func transcript(t *testing.T, file string, answer func(query string) string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var is strings.Builder
	for line := range strings.Lines(string(data)) {
		if query, ok := strings.CutPrefix(line, "? "); ok {
			fmt.Fprintf(&is, "? %s%s", query, answer(strings.TrimSpace(query)))
		} else if line == "\n" || strings.HasPrefix(line, "#") {
			is.WriteString(line)
		}
	}
	if is.String() == string(data) {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(is.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, got := strings.Split(string(data), "\n"), strings.Split(is.String(), "\n")
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Fatalf("%s:%d:\n got %s\nwant %s", file, i+1, got[i], want[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", file, len(got), len(want))
}

// show writes a result as a person reads it.
func show(r Result) string {
	var b strings.Builder
	b.WriteString("  " + [...]string{"NXDOMAIN", "NODATA", "ANSWER", "CNAME", "ALIAS", "DNAME", "REFERRAL"}[r.Kind])
	if r.Wildcard {
		b.WriteString(" by wildcard")
	}
	if r.Kind == Answer && r.Set == nil {
		for _, s := range r.Node.Sets() {
			b.WriteString(" " + TypeName(s.Type))
		}
	}
	b.WriteString("\n")
	if r.Set == nil {
		return b.String()
	}
	showSet(&b, "", r.Set)
	for _, s := range r.Set.Glue() {
		showSet(&b, "glue ", s)
	}
	for _, s := range r.Set.Additional() {
		showSet(&b, "additional ", s)
	}
	return b.String()
}

func showSet(b *strings.Builder, what string, s *RRset) {
	for i := range s.Len() {
		fmt.Fprintf(b, "    %s%s\n", what, strings.ReplaceAll(record(s, i), "\t", " "))
	}
}

// record is one record as text.
func record(s *RRset, i int) string {
	wire := []byte(s.Owner)
	wire = append(wire, byte(s.Type>>8), byte(s.Type), 0, 1)
	wire = append(wire, byte(s.TTL>>24), byte(s.TTL>>16), byte(s.TTL>>8), byte(s.TTL))
	wire = append(wire, byte(len(s.RData(i))>>8), byte(len(s.RData(i))))
	rr, _, err := dns.UnpackRR(append(wire, s.RData(i)...), 0)
	if err != nil {
		return err.Error()
	}
	return rr.String()
}

func parseFile(t testing.TB, file, origin string) *Zone {
	t.Helper()
	z, _, err := Parse(Source{Origin: name(t, origin), File: file})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// parseText parses a zone from memory. Its includes are looked for in the package's testdata.
func parseText(t testing.TB, origin, text string) (*Zone, []Warning, error) {
	t.Helper()
	src := Source{Origin: name(t, origin), File: "testdata/memory.zone"}
	r := newReading(src, epoch)
	read, err := r.all(src.File, []byte(text))
	if err != nil {
		return nil, nil, err
	}
	z := read.zone(nil, read.serial)
	return z, r.advise(z), nil
}

func TestNegativeTTL(t *testing.T) {
	zone := parseFile(t, "testdata/example.com.zone", "example.com")
	if own, negative := zone.SOA().TTL, zone.NegativeTTL(); own != 300 || negative != 60 {
		t.Errorf("TTL %d and %d for a negative answer, want 300 and 60", own, negative)
	}
	if zone.Serial() != 7 || zone.Origin().String() != "example.com." {
		t.Errorf("zone %s with serial %d", zone.Origin(), zone.Serial())
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	zone := parseFile(t, "testdata/example.com.zone", "example.com")
	set := NewSet(zone)
	for _, query := range []string{"www", "nowhere", "a.b.c.wild", "x.sub", "shop.apps", "www.moved"} {
		wire := []byte(name(t, query+".example.com"))
		if n := testing.AllocsPerRun(100, func() { set.Find(wire, dns.TypeA).Lookup(wire, dns.TypeA) }); n != 0 {
			t.Errorf("%s: %g allocations", query, n)
		}
		if n := testing.AllocsPerRun(100, func() { set.Find(wire, dns.TypeDS).Lookup(wire, dns.TypeDS) }); n != 0 {
			t.Errorf("%s DS: %g allocations", query, n)
		}
	}
}
