package geo_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

// dice makes random worlds: few bits vary, so that networks nest and neighbour each other.
type dice struct{ *rand.Rand }

func (d dice) location() steering.Location {
	return steering.Location{Lat: float64(d.IntN(180) - 90), Lon: float64(d.IntN(360) - 180)}
}

func (d dice) prefix(is4 bool) netip.Prefix {
	if is4 {
		a := [4]byte{byte(d.IntN(4)) << 6, byte(d.IntN(2)), 0, byte(d.IntN(4))}
		return netip.PrefixFrom(netip.AddrFrom4(a), 1+d.IntN(32)).Masked()
	}
	a := [16]byte{0x28 | byte(d.IntN(2)), byte(d.IntN(4)), 7: byte(d.IntN(2)), 8: byte(d.IntN(2)) << 7, 15: byte(d.IntN(4))}
	return netip.PrefixFrom(netip.AddrFrom16(a), 4+d.IntN(125)).Masked()
}

// record is a random record in either layout, and what it says of its clients.
func (d dice) record() (mmdbtype.Map, placed) {
	loc := d.location()
	japan := placed{at: &steering.Location{Lat: 35.7, Lon: 139.8}, country: "JP"}
	switch d.IntN(9) {
	case 0:
		return flat(mmdbtype.Float32(loc.Lat), mmdbtype.Float32(loc.Lon)), placed{at: &loc}
	case 1:
		return flat(mmdbtype.String(fmt.Sprint(loc.Lat)), mmdbtype.String(fmt.Sprint(loc.Lon))), placed{at: &loc}
	case 2:
		return maxmindCountry("JP"), japan
	case 3:
		return flatCountry("JP"), japan
	case 4:
		return flatCountry("ZZ"), placed{country: "ZZ"}
	case 5, 6:
		both := maxmind(loc.Lat, loc.Lon)
		both["country"] = mmdbtype.Map{"iso_code": mmdbtype.String("GB")}
		return both, placed{at: &loc, country: "GB"}
	default:
		return maxmind(loc.Lat, loc.Lon), placed{at: &loc}
	}
}

// asnRecord is a random record in any layout.
func (d dice) asnRecord() (mmdbtype.Map, placed) {
	n := uint32(64496 + d.IntN(3))
	switch d.IntN(4) {
	case 0:
		return flatASN(fmt.Sprint("AS", n)), placed{asn: n}
	case 1:
		return mmdbtype.Map{"asn": mmdbtype.Uint64(n)}, placed{asn: n}
	default:
		return maxmindASN(n), placed{asn: n}
	}
}

// prefixes are up to most networks, each once.
func (d dice) prefixes(most int, family func() bool) (list []netip.Prefix) {
	for range most {
		if p := d.prefix(family()); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

func (d dice) either() bool { return d.IntN(2) == 0 }

// database writes a database of random records, and what it says.
func (d dice) database(t *testing.T, record func() (mmdbtype.Map, placed)) ([]byte, []placed) {
	version := 4 + 2*d.IntN(2)
	var entries []entry
	var said []placed
	for _, prefix := range d.prefixes(1+d.IntN(12), func() bool { return version == 4 || d.either() }) {
		r, p := record()
		p.prefix = prefix
		said = append(said, p)
		entries = append(entries, entry{prefix.String(), r})
	}
	// The writer overwrites what was written before, so that shorter prefixes must come first.
	slices.SortStableFunc(entries, func(a, b entry) int {
		return netip.MustParsePrefix(a.prefix).Bits() - netip.MustParsePrefix(b.prefix).Bits()
	})
	return write(t, mmdbwriter.Options{IPVersion: version, RecordSize: 24 + 4*d.IntN(3), DisableIPv4Aliasing: true}, entries...), said
}

// world makes a reference and the map to be held against it.
func (d dice) world(t *testing.T) (*reference, *geo.Map) {
	var colos []steering.Colo
	for i := range 2 + d.IntN(4) {
		loc := d.location()
		colos = append(colos, at(fmt.Sprintf("colo%d", i), loc.Lat, loc.Lon))
	}
	r := &reference{network: network(t, colos...), fallback: d.location()}
	o := geo.Options{Network: r.network, Fallback: r.fallback}
	var data []byte
	for !slices.ContainsFunc(r.places, func(p placed) bool { return p.at != nil }) { // what locates nobody is refused
		data, r.places = d.database(t, d.record)
	}
	o.Database = open(t, data)
	if d.IntN(3) > 0 {
		data, r.asns = d.database(t, d.asnRecord)
		o.ASNs = openASNs(t, data)
	}
	o.Nets, o.Latency = d.nets(t, r), d.latency(t, r)
	return r, compile(t, o)
}

func (d dice) nets(t *testing.T, r *reference) *geo.Nets {
	var lines []string
	line := func(whom string) placed {
		var p placed
		said := whom
		if d.either() {
			loc := d.location()
			p.at = &loc
			said += fmt.Sprintf(" @%g,%g", loc.Lat, loc.Lon)
		} else {
			for _, i := range d.Perm(len(r.network.Colos()))[:1+d.IntN(2)] {
				p.first = append(p.first, r.network.Colos()[i].Name)
			}
			said += " " + strings.Join(p.first, " ")
		}
		lines = append(lines, said)
		return p
	}
	for _, prefix := range d.prefixes(d.IntN(6), d.either) {
		p := line(prefix.String())
		p.prefix = prefix
		r.nets = append(r.nets, p)
	}
	r.ofASN, r.ofCountry = map[uint32]placed{}, map[string]placed{}
	if r.asns != nil && d.either() {
		r.ofASN[64497] = line("AS64497")
	}
	if slices.ContainsFunc(r.places, func(p placed) bool { return p.country == "JP" || p.country == "GB" }) && d.either() {
		r.ofCountry["JP"] = line("JP")
		r.ofCountry["GB"] = line("GB")
	}
	d.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return nets(t, strings.Join(lines, "\n"), r.network)
}

func (d dice) latency(t *testing.T, r *reference) *geo.Latency {
	var lines []string
	for _, prefix := range d.prefixes(d.IntN(8), d.either) {
		p := placed{prefix: prefix, ms: map[string]float64{}}
		for _, i := range d.Perm(len(r.network.Colos()))[:1+d.IntN(len(r.network.Colos()))] {
			name, ms := r.network.Colos()[i].Name, float64(1+d.IntN(4))/2
			p.ms[name] = ms
			lines = append(lines, fmt.Sprintf("%s%s%s%s%g", prefix, d.gap(), name, d.gap(), ms))
		}
		r.latency = append(r.latency, p)
	}
	d.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return latency(t, strings.Join(lines, "\n"), r.network)
}

func (d dice) gap() string { return []string{" ", "\t", ",", ", "}[d.IntN(4)] }
