package resolvers

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// netsLine is a line of the nets file.
type netsLine struct {
	prefix netip.Prefix
	colos  string // the order of all, nearest first
}

// netsLines are those of the nets file, behind one for everybody else: the colos have no places, and so stand in the order of
// the configuration.
func netsLines(t *testing.T) []netsLine {
	t.Helper()
	const colos = "ams iad nrt"
	list := []netsLine{{netip.MustParsePrefix("0.0.0.0/0"), colos}, {netip.MustParsePrefix("::/0"), colos}}
	for line := range strings.Lines(netsFile(t)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			list = append(list, netsLine{netip.MustParsePrefix(words[0]), strings.Join(words[1:], " ")})
		}
	}
	return list
}

// around is the longest line around a prefix.
func around(lines []netsLine, p netip.Prefix) (longest netsLine) {
	for _, l := range lines {
		if l.prefix.Bits() <= p.Bits() && l.prefix.Contains(p.Addr()) && (!longest.prefix.IsValid() || l.prefix.Bits() > longest.prefix.Bits()) {
			longest = l
		}
	}
	return longest
}

// sharing is the largest prefix around a client, or the client itself, in which everybody has the same order of colos: no
// line in it says another than the one around it.
func sharing(lines []netsLine, client netip.Prefix) netip.Prefix {
	for bits := range client.Bits() {
		p := netip.PrefixFrom(client.Addr(), bits).Masked()
		colos := around(lines, p).colos
		if !slices.ContainsFunc(lines, func(l netsLine) bool { return p.Overlaps(l.prefix) && l.prefix.Bits() > bits && l.colos != colos }) {
			return p
		}
	}
	return client
}

// clients are at every edge of every network of the nets file, on either side of it, as the resolver makes them known.
func clients(t *testing.T, cut lengths) (list []netip.Prefix) {
	t.Helper()
	for _, line := range netsLines(t)[2:] {
		first, last := line.prefix.Addr(), lastOf(line.prefix)
		for _, addr := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			list = append(list, cut.of(addr))
		}
	}
	return list
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	octets := p.Addr().AsSlice()
	for bit := p.Bits(); bit < p.Addr().BitLen(); bit++ {
		octets[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(octets)
	return addr
}

// TestNearestIsAsTheFileSays: what Leeward says itself, which resolvers are held to, is the first colo of the longest line
// around a client.
func TestNearestIsAsTheFileSays(t *testing.T) {
	l := newLeeward(t)
	address := map[string]string{"ams": "192.0.2.1", "iad": "192.0.2.65", "nrt": "192.0.2.129"}
	lines := netsLines(t)
	for _, client := range clients(t, lengths{32, 128}) {
		nearest := around(lines, client).colos[:3]
		if got := l.answer(t, "nearest", client); got != address[nearest] {
			t.Errorf("%s is answered %s, and by the file it is nearest to %s", client, got, nearest)
		}
	}
}
