package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

func name(t testing.TB, s string) zones.Name {
	t.Helper()
	n, err := zones.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// version is the version with this serial of a zone, each with another www, and a few names that come and go.
func version(t testing.TB, origin zones.Name, serial int) *zones.Zone {
	t.Helper()
	a := zones.Assemble(origin)
	add := func(format string, args ...any) {
		rr, err := dns.NewRR(strings.ReplaceAll(fmt.Sprintf(format, args...), "@", origin.String()))
		if err == nil {
			err = a.Add(rr)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("@ 60 SOA ns. host. %d 2 3 4 5", serial)
	add("@ 60 NS ns.")
	add("@ 60 A 192.0.2.%d", serial%250)
	for i := range 3 {
		add("@ 60 TXT %d", (serial+i)%5)
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func content(z *zones.Zone) map[zones.Record]bool {
	all := map[zones.Record]bool{}
	for r := range z.All() {
		all[r] = true
	}
	return all
}

// wantKept wants the directory to have this very version, with so many changes of history.
func wantKept(t *testing.T, d Directory, z *zones.Zone) {
	t.Helper()
	got, err := d.Load(z.Origin(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(content(got), content(z)) || got.Digest() != z.Digest() || got.Serial() != z.Serial() {
		t.Fatalf("%v is kept, want %v", content(got), content(z))
	}
	want, had := z.History(), got.History()
	if len(want) != len(had) {
		t.Fatalf("%d changes are kept, want %d", len(had), len(want))
	}
	for i := range want {
		if want[i].Before != had[i].Before || want[i].After != had[i].After || !want[i].At.Equal(had[i].At) ||
			fmt.Sprint(want[i].Removed, want[i].Added) != fmt.Sprint(had[i].Removed, had[i].Added) {
			t.Fatalf("%+v is kept, want %+v", had[i], want[i])
		}
	}
	if a, b := got.Note(), z.Note(); a.Rejected != b.Rejected || a.FileSerial != b.FileSerial ||
		a.RejectedSerial != b.RejectedSerial || !a.RolledBack.Equal(b.RolledBack) {
		t.Fatalf("the note is %+v, want %+v", a, b)
	}
}

func do(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestKept saves versions as they come, and some of them not.
func TestKept(t *testing.T) {
	origin := name(t, "example.com")
	d := Directory(filepath.Join(t.TempDir(), "state", "zones"))
	if _, err := d.Load(origin, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("at first: %v", err)
	}
	served := version(t, origin, 1)
	for serial := 2; serial < 40; serial++ {
		do(t, d.Save(served), d.Save(served))
		wantKept(t, d, served)
		for range 1 + serial%3 {
			served = version(t, origin, serial).After(served, time.Unix(int64(serial), 5))
			serial++
		}
		if serial%4 == 0 {
			served = served.WithNote(zones.Note{FileSerial: 7, Rejected: zones.Digest{1, 2, 3, 4}, RejectedSerial: 8, RolledBack: time.Unix(9, 9)})
			do(t, d.Save(served))
			wantKept(t, d, served)
			served = served.WithNote(zones.Note{FileSerial: 9}) // the same version
		}
	}
	served = version(t, origin, 3) // of another world: written anew
	do(t, d.Save(served))
	wantKept(t, d, served)
	do(t, d.Drop(origin), d.Drop(origin))
	if _, err := d.Load(origin, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("when dropped: %v", err)
	}
}

// TestTheFileIsBounded saves more than a file may have.
func TestTheFileIsBounded(t *testing.T) {
	origin, d := name(t, "z"), Directory(t.TempDir())
	large := func(serial int) *zones.Zone {
		a := zones.Assemble(origin)
		for _, text := range []string{fmt.Sprintf("z. 60 SOA ns. host. %d 2 3 4 5", serial), "z. 60 NS ns."} {
			rr, err := dns.NewRR(text)
			do(t, err, a.Add(rr))
		}
		for i := range 20 {
			rdata := strings.Repeat("\xc8"+strings.Repeat("x", 200), 100) + fmt.Sprintf("\x06%06d", serial*100+i)
			do(t, a.Put(zones.Record{Owner: zones.Name(fmt.Sprintf("\x02%02d", i)) + origin, Type: dns.TypeTXT + 60000, TTL: 60, RData: rdata}))
		}
		z, err := a.Zone(nil)
		do(t, err)
		return z
	}
	served := large(1)
	for serial := 2; serial < 20; serial++ {
		served = large(serial).After(served, time.Unix(1, 0))
		do(t, d.Save(served))
		wantKept(t, d, served)
		info, err := os.Stat(d.path(origin))
		do(t, err)
		if info.Size() > 4<<20 {
			t.Fatalf("the file has %d octets", info.Size())
		}
	}
}

func TestNothingIsKept(t *testing.T) {
	z := version(t, zones.Root, 1)
	if _, err := Directory("").Load(zones.Root, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	names, err := Directory("").Names()
	do(t, err, Directory("").Save(z), Directory("").Drop(zones.Root), Directory(t.TempDir()).Save(zones.Unready(zones.Root, "new")))
	if len(names) > 0 {
		t.Errorf("%v", names)
	}
}
