package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leeward/zones"
)

// damaged is a file of three versions and what each of them has.
func damaged(t *testing.T) (file []byte, versions map[uint32]*zones.Zone) {
	origin, d := name(t, "z"), Directory(t.TempDir())
	served := version(t, origin, 1)
	versions = map[uint32]*zones.Zone{}
	for serial := 2; serial < 6; serial++ {
		served = version(t, origin, serial).After(served, time.Unix(1, 0))
		versions[served.Serial()] = served
		do(t, d.Save(served))
	}
	file, err := os.ReadFile(d.path(origin))
	do(t, err)
	return file, versions
}

// TestDamage wants a version that there was, or none, from a file cut at every octet and with every octet turned; and that
// the next save makes it good.
func TestDamage(t *testing.T) {
	file, versions := damaged(t)
	d := Directory(t.TempDir())
	seen := map[uint32]bool{}
	try := func(what string, octets []byte) {
		got, err := load(bytes.NewReader(octets), name(t, "z"), nil)
		if got == nil && err == nil {
			t.Fatalf("%s: neither a zone nor an error", what)
		}
		if got != nil {
			want := versions[got.Serial()]
			if want == nil || !maps.Equal(content(got), content(want)) || len(got.History()) != len(want.History()) {
				t.Fatalf("%s: serial %d with %v", what, got.Serial(), content(got))
			}
			if turned := strings.HasPrefix(what, "turned"); turned && err == nil {
				t.Fatalf("%s: no error", what)
			}
			m, recalled := recall(bytes.NewReader(octets), name(t, "z"))
			if m.Serial != got.Serial() || m.Digest != got.Digest() || len(m.History) != len(got.History()) || (recalled == nil) != (err == nil) {
				t.Fatalf("%s: %+v is recalled with %v", what, m, recalled)
			}
			seen[got.Serial()] = true
		}
		if !strings.HasSuffix(what, "0") { // each tenth is enough
			return
		}
		do(t, os.WriteFile(d.path(name(t, "z")), octets, 0o600))
		next := version(t, name(t, "z"), 9)
		if got != nil {
			next = next.After(got, time.Unix(2, 0))
		}
		do(t, d.Save(next))
		wantKept(t, d, next)
	}
	try("cut nowhere", file)
	for at := range file {
		try(fmt.Sprintf("cut at %d", at), file[:at])
		turned := bytes.Clone(file)
		turned[at] ^= 0x21
		try(fmt.Sprintf("turned at %d", at), turned)
	}
	if len(seen) != len(versions) {
		t.Errorf("the versions seen are %v, want all of 2 to 5", seen)
	}
}

// TestNoPlace has a directory that is a file.
func TestNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	do(t, os.WriteFile(file, nil, 0o600))
	d := Directory(file)
	if err := d.Save(version(t, name(t, "z"), 1)); err == nil || !strings.Contains(err.Error(), "zone z: what is served cannot be kept") {
		t.Errorf("%v", err)
	}
	if _, err := d.Load(name(t, "z"), nil); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// FuzzLoad reads files whose checksums are right and whose content is not.
func FuzzLoad(f *testing.F) {
	var file bytes.Buffer
	origin := name(f, "z")
	write(&file, version(f, origin, 2).After(version(f, origin, 1), time.Unix(1, 0)))
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		z, err := load(bytes.NewReader(sealed(data)), origin, nil)
		switch {
		case z == nil && err == nil:
			t.Fatal("neither a zone nor an error")
		case z == nil:
			return
		}
		for i, c := range z.History() {
			if err := c.Check(origin); err != nil {
				t.Fatalf("change %d: %v", i, err)
			}
			z.Since(c.From())
		}
	})
}

// sealed is the file with the numbers and checksums of its entries made right.
func sealed(file []byte) []byte {
	octets := []byte(magic)
	rest, _ := bytes.CutPrefix(file, octets)
	for number := uint64(0); len(rest) >= before+inside+behind; number++ {
		size := min(int(binary.BigEndian.Uint32(rest)), len(rest)-before-behind)
		if size < inside {
			break
		}
		octets = entry{number, kind(rest[before+8]), rest[before+inside : before+size]}.append(octets)
		rest = rest[before+size+behind:]
	}
	return octets
}
