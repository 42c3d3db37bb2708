package zones

import (
	"slices"
	"time"

	"github.com/miekg/dns"
)

// Draft is a zone that was read to be looked at closely: it knows where in the text its records stand.
type Draft struct {
	Zone     *Zone
	Warnings []Warning // of the reading alone
	sets     []*RRset
	reading  *reading
}

// Entry is one entry of a zone file (RFC 1035 section 5.1).
type Entry struct {
	File   string
	Line   int      // the first
	Words  []string // without quotes, parentheses and comments; escapes stay as they are
	Bare   bool     // it begins with a blank: the owner is that of the entry before
	Record dns.RR   // nil for a directive, and for a byte order mark, which has no words
}

// ParseDraft reads a zone as Parse does, and shows each entry to look, in the order of the text.
func ParseDraft(src Source, look func(Entry)) (*Draft, error) {
	r := newReading(src, time.Now())
	r.look, r.places = look, map[*RRset][]place{}
	data, err := r.open(src.File, "")
	if err != nil {
		return nil, r.named(&fault{place{src.File, 0}, "", cause(err)})
	}
	t, err := r.all(src.File, data)
	if err != nil {
		return nil, err
	}
	return &Draft{Zone: t.zone(src.Network, t.serial), Warnings: r.warnings, sets: t.sets, reading: r}, nil
}

// Sets are all RRsets as they are written, with nothing steered, in the order of their first records. The caller must not
// change them.
func (d *Draft) Sets() []*RRset { return d.sets }

// Place is where a record of one of Sets stands.
func (d *Draft) Place(s *RRset, record int) (file string, line int) {
	at := d.reading.places[s][record]
	return at.file, at.line
}

// Relative is a name as the file would write it: "www", "@", or in full when it lies outside the zone.
func (d *Draft) Relative(n Name) string { return n.relative(d.reading.origin) }

// show shows a record, or a directive, to who looks at a draft.
func (f *included) show(record dns.RR, entry []byte) {
	if f.look == nil {
		return
	}
	bare := len(entry) > 0 && slices.Contains([]byte(" \t"), entry[0])
	f.look(Entry{File: f.name, Line: f.entryLine, Words: words(entry), Bare: bare, Record: record})
}
