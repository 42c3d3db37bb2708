package geo_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering/geo"
)

// asnTables names real tables of autonomous systems, as a list like PATH: first and last address, number, name, as CSV in
// order. They are too large to lie in the repository.
const asnTables = "LEEWARD_GEO_ASNS"

// For 1,000 ranges of each real table, written as an AS database in MaxMind's layout, and for as many gaps, a scan over all of
// the table confirms the number and how far it reaches; and a line of a nets file about a number holds for its clients alone.
func TestRealASNsAgreeWithALinearSearch(t *testing.T) {
	files := named(t, asnTables, "tables of autonomous systems (CSV files, separated as in PATH)")
	n := network(t, demo...)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			spans := readRanges(t, file)
			d := openASNs(t, asnDatabase(t, spans))
			spans = withGaps(spans, "0")
			t.Logf("%d ranges and gaps", len(spans))
			const line = "15169" // announces in both families
			m := compile(t, geo.Options{ASNs: d, Network: n, Fallback: amsterdam, Nets: nets(t, "AS"+line+" sin", n)})
			of := func(addr netip.Addr) (string, int) {
				asn, depth := m.ASN(addr)
				return fmt.Sprint(asn), depth
			}
			dice := rand.New(rand.NewPCG(1, 1))
			for range 1000 {
				checkSpan(t, of, spans, spans[dice.IntN(len(spans))])
			}
			held := 0
			for _, s := range spans {
				region, _ := m.Lookup(s.first.addr(s.is4))
				first, _, _ := strings.Cut(names(n, region), " ")
				if (s.order == line) != (first == "sin") {
					t.Fatalf("%s of AS%s goes to %s", s.first.addr(s.is4), s.order, first)
				}
				if first == "sin" {
					held++
				}
			}
			if held == 0 {
				t.Fatalf("nothing is of AS%s", line)
			}
		})
	}
}

// readRanges reads a table, the numbers as what is held against the map.
func readRanges(t *testing.T, file string) (spans []span) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		first, last := netip.MustParseAddr(row[0]), netip.MustParseAddr(row[1])
		spans = append(spans, span{numberOf(first), numberOf(last), first.Is4(), row[2]})
	}
	return spans
}

func asnDatabase(t *testing.T, spans []span) []byte {
	version := 6
	if spans[0].is4 {
		version = 4
	}
	writer, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-ASN", IPVersion: version, RecordSize: 28,
		IncludeReservedNetworks: true, DisableIPv4Aliasing: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range spans {
		asn, err := strconv.ParseUint(s.order, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		first, last := net.IP(s.first.addr(s.is4).AsSlice()), net.IP(s.last.addr(s.is4).AsSlice())
		if err := writer.InsertRange(first, last, mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(asn)}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := writer.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
