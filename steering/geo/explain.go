package geo

import (
	"fmt"
	"net/netip"
	"strings"

	"leeward/steering"
)

// Explain says where the map puts a client, and by what in words, each with what it leaves to the next:
//
//	nets file (line 3): ams iad, then latency table (line 9): iad 12 ms, sin 80 ms, then country GB
//	nets file (line 4): AS64496 iad, then GeoLite2-City: 51.5, -0.1
//	latency table (line 9): iad 12 ms, ams 80 ms, then nets file (line 5): DE @52.3,4.8
//	default: not located by GeoLite2-City
//
// The location is the one by which colos follow that are neither named nor measured. With ok false it is the database that
// knows, and it cannot be asked any more; by says why.
func (m *Map) Explain(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	addr = addr.Unmap()
	if !addr.IsValid() {
		return m.locate(addr)
	}
	o, _ := m.Origin(addr)
	rule, line := m.nets.about(addr, o)
	var words []string
	if line != "" && !rule.stands {
		words = append(words, line)
	}
	if measured := m.latency.about(addr); measured != "" {
		words = append(words, measured)
	}
	if rule.stands {
		loc, by, ok = rule.at, line, true
	} else {
		loc, by, ok = m.locate(addr)
	}
	return loc, strings.Join(append(words, by), ", then "), ok
}

// locate does without nets file and latency table.
func (m *Map) locate(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	if m.database == nil {
		return m.fallback, "default", true
	}
	d, err := m.database()
	if err != nil {
		return loc, "unknown: " + err.Error(), false
	}
	if loc, by, ok = d.Locate(addr); !ok {
		loc, by = m.fallback, "default: "+by
	}
	return loc, by, true
}

// about is what the file says of a client, with its line in words: that of the longest prefix, else of the autonomous system,
// else of the country; no rule and no words if there is none. The address is not IPv4 in IPv6.
func (n *Nets) about(addr netip.Addr, o steering.Origin) (r rule, line string) {
	l := n.prefixes.of(addr)
	if i, ok := l.longest(addr); ok {
		return n.inWords(ruling{l.value[i], l.line[i]}, "")
	}
	if r, ok := n.asns[o.ASN]; ok {
		return n.inWords(r, fmt.Sprintf("AS%d ", o.ASN))
	}
	if r, ok := n.countries[o.Country]; ok {
		return n.inWords(r, o.Country.String()+" ")
	}
	return r, ""
}

func (n *Nets) inWords(at ruling, whom string) (rule, string) {
	r := n.rules[at.rule]
	return r, fmt.Sprintf("nets file (line %d): %s%s", at.line, whom, r.words)
}

// about says what the table knows of a client: "latency table (line 9): iad 12 ms, ams 80 ms", or "". The address is not IPv4
// in IPv6.
func (l *Latency) about(addr netip.Addr) string {
	list := l.prefixes.of(addr)
	i, ok := list.longest(addr)
	if !ok {
		return ""
	}
	var each []string
	for _, m := range l.from(list.value[i]) {
		each = append(each, fmt.Sprintf("%s %g ms", l.network.Colos()[m.colo].Name, m.ms))
	}
	return fmt.Sprintf("latency table (line %d): %s", list.line[i], strings.Join(each, ", "))
}
