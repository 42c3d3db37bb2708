package geo_test

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"

	"leeward/steering"
	"leeward/steering/geo"
)

// databases names real city databases in the flat layout or MaxMind's, as a list like PATH. They are too large, and
// some not free enough, to lie in the repository.
const databases = "LEEWARD_GEO_DATABASES"

// named are the files that a variable names; a test for which it names none is skipped.
func named(t *testing.T, variable, what string) []string {
	t.Helper()
	files := filepath.SplitList(os.Getenv(variable))
	if len(files) == 0 {
		t.Skip(variable + " names no " + what)
	}
	return files
}

// For 1,000 networks of each real database, and of a part of it written anew in MaxMind's layout, a scan over all its
// networks confirms the order of colos and the scope.
func TestRealDatabasesAgreeWithALinearSearch(t *testing.T) {
	for _, file := range named(t, databases, "city databases (mmdb files, separated as in PATH)") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { agree(t, data) })
		t.Run(filepath.Base(file)+" in MaxMind's layout", func(t *testing.T) { agree(t, maxMindLayout(t, data)) })
	}
}

func agree(t *testing.T, data []byte) {
	n := network(t, demo...)
	m := compile(t, geo.Options{Database: open(t, data), Network: n, Fallback: amsterdam})
	spans := readSpans(t, data, n)
	t.Logf("%d networks and gaps", len(spans))
	d := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		checkSpan(t, ordersOf(m, n), spans, spans[d.IntN(len(spans))])
	}
}

// ordersOf is the order of colos of an address, and the scope.
func ordersOf(m *geo.Map, n *steering.Network) func(netip.Addr) (string, int) {
	return func(addr netip.Addr) (string, int) {
		region, depth := m.Lookup(addr)
		return names(n, region), depth
	}
}

// maxMindLayout is every 20th network of a flat database, with its coordinates where MaxMind has them.
func maxMindLayout(t *testing.T, data []byte) []byte {
	reader, err := maxminddb.OpenBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-City", IPVersion: int(reader.Metadata.IPVersion),
		RecordSize: 28, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for result := range reader.Networks() {
		if count++; count%20 != 0 {
			continue
		}
		var flat struct {
			Latitude  float64 `maxminddb:"latitude"`
			Longitude float64 `maxminddb:"longitude"`
		}
		if err := result.Decode(&flat); err != nil {
			t.Fatal(err)
		}
		p := result.Prefix()
		network := &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
		if err := writer.Insert(network, mmdbtype.Map{"location": mmdbtype.Map{
			"latitude": mmdbtype.Float64(flat.Latitude), "longitude": mmdbtype.Float64(flat.Longitude)}}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := writer.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// span is a network of a database, or a gap between two, with its order of colos or what else is held against it.
type span struct {
	first, last number
	is4         bool
	order       string
}

// number is an address as a number, which compares faster.
type number struct{ hi, lo uint64 }

func numberOf(a netip.Addr) number {
	var n number
	for i, b := range a.As16() {
		if i < 8 {
			n.hi = n.hi<<8 | uint64(b)
		} else {
			n.lo = n.lo<<8 | uint64(b)
		}
	}
	return n
}

func (n number) addr(is4 bool) netip.Addr {
	var b [16]byte
	for i := range 8 {
		b[i], b[i+8] = byte(n.hi>>(56-8*i)), byte(n.lo>>(56-8*i))
	}
	if is4 {
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return netip.AddrFrom16(b)
}

func (n number) compare(m number) int {
	return cmp.Or(cmp.Compare(n.hi, m.hi), cmp.Compare(n.lo, m.lo))
}

func (n number) next() number {
	if n.lo == math.MaxUint64 {
		return number{n.hi + 1, 0}
	}
	return number{n.hi, n.lo + 1}
}

// readSpans lists what covers all addresses of the database's family, in order.
func readSpans(t *testing.T, data []byte, n *steering.Network) []span {
	reader, err := maxminddb.OpenBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	unknown := names(n, steering.NewRegion(n.Nearest(amsterdam)))
	is4 := reader.Metadata.IPVersion == 4
	orders := map[uintptr]string{}
	var spans []span
	for result := range reader.Networks() {
		p := result.Prefix()
		if p.Addr().Is4() != is4 {
			t.Fatalf("%s in a database for IPv%d", p, reader.Metadata.IPVersion)
		}
		order, ok := orders[result.Offset()]
		if !ok {
			order = orderOf(t, result, n, unknown)
			orders[result.Offset()] = order
		}
		spans = append(spans, span{numberOf(p.Addr()), numberOf(lastOf(p)), is4, order})
	}
	return withGaps(spans, unknown)
}

// withGaps adds the gaps to spans of one family in order, so that they cover all of it.
func withGaps(spans []span, unknown string) (all []span) {
	is4 := spans[0].is4
	everything := netip.MustParsePrefix("::/0")
	if is4 {
		everything = netip.MustParsePrefix("0.0.0.0/0")
	}
	at, end := numberOf(everything.Addr()), numberOf(lastOf(everything))
	for _, s := range spans {
		if at.compare(s.first) < 0 {
			gap := number{s.first.hi, s.first.lo - 1}
			if s.first.lo == 0 {
				gap.hi--
			}
			all = append(all, span{at, gap, is4, unknown})
		}
		all = append(all, s)
		at = s.last.next()
	}
	if at.compare(end) <= 0 && at != (number{}) {
		all = append(all, span{at, end, is4, unknown})
	}
	return all
}

// orderOf reads a record with coordinates, in either layout.
func orderOf(t *testing.T, result maxminddb.Result, n *steering.Network, unknown string) string {
	var r struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
		Location  struct {
			Latitude  *float64 `maxminddb:"latitude"`
			Longitude *float64 `maxminddb:"longitude"`
		} `maxminddb:"location"`
	}
	if err := result.Decode(&r); err != nil {
		t.Fatal(err)
	}
	lat, lon := cmp.Or(r.Location.Latitude, r.Latitude), cmp.Or(r.Location.Longitude, r.Longitude)
	if lat == nil || lon == nil {
		t.Fatalf("%s has no coordinates: a city database is wanted", result.Prefix())
	}
	return names(n, steering.NewRegion(n.Nearest(steering.Location{Lat: *lat, Lon: *lon})))
}

func checkSpan(t *testing.T, of func(netip.Addr) (string, int), spans []span, s span) {
	addr := s.first.addr(s.is4)
	got, depth := of(addr)
	if got != s.order {
		t.Fatalf("%s has %s, not %s", addr, got, s.order)
	}
	scope, _ := addr.Prefix(depth)
	if depth == 0 {
		scope = netip.PrefixFrom(addr, 0).Masked()
	}
	if other, ok := otherSpan(spans, scope, s.order); ok {
		t.Fatalf("%s has scope %s, but %s in it has another order", addr, scope, other.first.addr(s.is4))
	}
	if depth > 0 {
		if _, ok := otherSpan(spans, sibling(scope), s.order); !ok {
			t.Fatalf("%s has scope %s, but all in %s have the same order", addr, scope, sibling(scope))
		}
	}
}

// otherSpan finds a span with another order that shares addresses with the prefix.
func otherSpan(spans []span, p netip.Prefix, order string) (span, bool) {
	first, last := numberOf(p.Addr()), numberOf(lastOf(p))
	for _, s := range spans {
		if s.last.compare(first) >= 0 && s.first.compare(last) <= 0 && s.order != order {
			return s, true
		}
	}
	return span{}, false
}
