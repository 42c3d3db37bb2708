package zones

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Source says where the text of a zone is.
type Source struct {
	Origin  Name              // of the apex, and of relative names
	File    string            // path of the zone file; $INCLUDE stays inside its directory
	Network *steering.Network // nil: nothing is steered

	room *room // that has other zones too; nil: none has
}

// Warning is a fault of a zone that does not keep it from being served.
type Warning struct {
	File string
	Line int // from 1; 0 is the file as a whole
	Text string
}

// String is the warning with its place, where it has one.
func (w Warning) String() string {
	if w.File == "" {
		return w.Text
	}
	return fmt.Sprintf("%s: %s", place{w.File, w.Line}, w.Text)
}

// Parse reads a zone from its file (RFC 1035 section 5). The error names the zone, and file, line, token and reason
// where there are such:
//
//	zone example.com: zones/example.com.zone:12: "www": CNAME beside other data
func Parse(src Source) (*Zone, []Warning, error) {
	r, t, err := read(src, time.Now())
	if err != nil {
		return nil, nil, err
	}
	z := t.zone(src.Network, t.serial)
	return z, r.advise(z), nil
}

// read reads the text of a zone. The reading knows its files also when there is an error.
func read(src Source, now time.Time) (*reading, *text, error) {
	r := newReading(src, now)
	data, err := r.open(src.File, "")
	if err != nil {
		return r, nil, r.named(&fault{place{src.File, 0}, "", cause(err)})
	}
	t, err := r.all(src.File, data)
	if err == nil {
		err = r.steers(t, src.Network)
	}
	if err != nil {
		return r, nil, err
	}
	return r, t, nil
}

func newReading(src Source, now time.Time) *reading {
	return &reading{origin: src.Origin.Lower(), root: filepath.Dir(src.File), now: now, keys: newKeys(0),
		room: cmp.Or(src.room, &room{})}
}

// perOwner is about how many octets of a file an owner takes.
const perOwner = 64

// all reads a zone from the bytes of its file, and the files that those include.
func (r *reading) all(file string, data []byte) (*text, error) {
	if len(data) == 0 {
		return nil, r.named(&fault{place{file, 0}, "", "the file is empty"})
	}
	r.keys = newKeys(len(data) / perOwner)
	f := &included{reading: r, name: file, dir: ".", within: []string{filepath.Clean(file)}, origin: r.origin}
	if err := f.file(data); err != nil {
		return nil, r.named(err)
	}
	t, err := r.whole(file)
	if err != nil {
		return nil, err
	}
	if err := r.aliases(t); err != nil {
		return nil, err
	}
	return t, r.verify(t)
}

// verify holds the text against its own digest.
func (r *reading) verify(t *text) error {
	warning, err := t.verify()
	if warning == "" && err == nil {
		return nil
	}
	at := r.keys.find(r.origin, dns.TypeZONEMD, 0).at
	if err != nil {
		return r.named(&fault{at, "@", err.Error()})
	}
	r.warn(at, "%s", warning)
	return nil
}

// whole is the text of all records that were read, if they make a zone.
func (r *reading) whole(file string) (*text, error) {
	for _, needed := range []uint16{dns.TypeSOA, dns.TypeNS} {
		if r.keys.find(r.origin, needed, 0) == nil {
			return nil, r.named(&fault{place{file, 0}, "@", fmt.Sprintf("no %s record at the apex", TypeName(needed))})
		}
	}
	if err := r.signed(); err != nil {
		return nil, r.named(err)
	}
	return newText(r.room, r.origin, r.gathered()), nil
}

// named names the zone in an error.
func (r *reading) named(err error) error { return fmt.Errorf("zone %s: %w", r.origin.Bare(), err) }

// gathered are the RRsets that were read.
func (r *reading) gathered() []*RRset {
	sets := r.room.list(len(r.keys.sets))
	for _, g := range r.keys.sets {
		sets = append(sets, g.set)
	}
	sign(r.room, sets)
	return sets
}
