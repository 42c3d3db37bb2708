package master

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// RR is the record as the parser of the field reads it. A type that it does not know is an error that names the nearest.
func (r Record) RR(ttl uint32) (dns.RR, error) {
	if _, known := dns.StringToType[r.Type]; !known && !strings.HasPrefix(r.Type, "TYPE") {
		return nil, r.At.Errorf("%s: no record type %q: is %s meant?", r.Owner, r.Type, nearest(r.Type, typeNames()))
	}
	if len(r.Data) == 0 {
		return nil, r.At.Errorf("%s %s: nothing behind the type", r.Owner, r.Type)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d IN %s", r.Owner, ttl, r.Type)
	for _, word := range r.Data {
		b.WriteString(" " + strings.ReplaceAll(word.Raw, "\n", `\010`))
	}
	b.WriteByte('\n')
	parser := dns.NewZoneParser(strings.NewReader(b.String()), r.Origin, "")
	rr, ok := parser.Next()
	if err := parser.Err(); err != nil {
		return nil, r.At.Errorf("%s %s: %s", r.Owner, r.Type, reason(err))
	}
	if !ok {
		return nil, r.At.Errorf("%s %s: nothing behind the type", r.Owner, r.Type)
	}
	return rr, nil
}

// reason is an error of the parser without the place, which is that of one line alone.
func reason(err error) string {
	text := strings.TrimPrefix(err.Error(), "dns: ")
	if i := strings.LastIndex(text, " at line: "); i >= 0 {
		text = text[:i]
	}
	return text
}

// Seconds is the TTL of a record with one TTL.
func (r Record) Seconds() (uint32, error) {
	if r.TTL == "" {
		return r.Default, nil
	}
	ttl, err := ParseTTL(r.TTL)
	if err != nil {
		return 0, r.At.Errorf("%s: %w", r.Owner, err)
	}
	return ttl, nil
}

func typeNames() []string { return slices.Sorted(maps.Keys(dns.StringToType)) }

func nearest(word string, words []string) string { return steering.NearestName(word, words) }
