package world

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"leeward/steering"
	"leeward/steering/geo"
)

// The database is the same every time, and locates every client.
func TestDatabase(t *testing.T) {
	var made [2][]byte
	for i := range made {
		path := filepath.Join(t.TempDir(), "city.mmdb")
		if err := Database(path, 1000); err != nil {
			t.Fatal(err)
		}
		var err error
		if made[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	const metadata = 1000 // of the file, its end: it has the time in it
	if n := len(made[0]) - metadata; !bytes.Equal(made[0][:n], made[1][:n]) {
		t.Error("two databases differ")
	}
	d, err := geo.Open(made[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{"0.0.0.1", "8.8.8.8", "127.0.0.1", "203.0.113.5", "255.255.255.255"} {
		at, by, ok := d.Locate(netip.MustParseAddr(client))
		if !ok || at == (steering.Location{}) {
			t.Errorf("%s: %s", client, by)
		}
	}
}
