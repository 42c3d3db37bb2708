package zones

import (
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// reading is the reading of one zone, all its files.
type reading struct {
	origin   Name
	root     string // directory of the zone file, which $INCLUDE stays inside
	now      time.Time
	inputs   []input
	warnings []Warning
	look     func(Entry)        // of a draft: sees all entries; nil: nobody looks, and places are not kept
	places   map[*RRset][]place // of all records of a draft

	keys   keys
	room   *room
	pack   []byte // room for any record of the parser
	packed []byte // the last record in wire form
	last   Name   // the owner before, so that its records share one string
}

// included is one file in the course of being read: the stream of bytes that the parser sees. Directives but $TTL are
// done here, because the parser would open any file that $INCLUDE names, and because only who splits the text into
// entries can say on which line of which file a record stands.
type included struct {
	*reading
	name      string   // path, as errors have it
	dir       string   // the directory of the file, relative to the root
	within    []string // the files that include this one, and itself
	origin    Name     // of relative names
	ttl       string   // of $TTL, "" before the first one
	lastTTL   *uint32  // of the last record
	rest      []byte   // text not yet split
	line      int      // of rest
	written   []byte   // the entry as it stands in the file
	entry     []byte   // what the parser reads
	alias     bool     // the CNAME of entry is an ALIAS
	at        int      // of entry
	entryLine int
	lineAbove int // of the entry before
	generator *generator
	err       error
}

// maxInclude bounds how deep files include each other.
const maxInclude = 8

// noTTL stands for a TTL that is not given: one that nobody gives, being the largest but one (RFC 2181 8).
const noTTL = 1<<31 - 2

// file reads the records of one file. A zone that begins without any TTL has the minimum of its SOA for one, as it was
// before $TTL (RFC 1035 3.3.13, RFC 2308 4).
func (f *included) file(data []byte) error {
	f.line = 1
	var mark bool
	if f.rest, mark = bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); mark { // an editor's byte order mark
		f.entryLine = 1
		f.show(nil, nil)
	}
	if n := len(f.rest); n > 0 && f.rest[n-1] != '\n' {
		f.rest = append(f.rest[:n:n], '\n')
	}
	parser := dns.NewZoneParser(f, f.origin.String(), "")
	if f.ttl != "" {
		f.entry = []byte("$TTL " + f.ttl + "\n")
	} else if f.lastTTL != nil {
		parser.SetDefaultTTL(*f.lastTTL)
	} else {
		parser.SetDefaultTTL(noTTL)
	}
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		at := place{f.name, f.entryLine}
		if f.alias {
			rr.Header().Rrtype = TypeALIAS
		}
		if rr.Header().Ttl == noTTL {
			soa, ok := rr.(*dns.SOA)
			if !ok {
				return &fault{at, rr.Header().Name, "no TTL: neither here nor by $TTL before"}
			}
			f.warn(at, "no TTL, here or by $TTL before: the SOA's minimum, %d, is taken", soa.Minttl)
			soa.Hdr.Ttl = soa.Minttl
			parser.SetDefaultTTL(soa.Minttl)
		}
		if err := f.add(rr, at); err != nil {
			return err
		}
		f.lastTTL = &rr.Header().Ttl
		f.show(rr, f.written)
	}
	if f.err != nil {
		return f.err
	}
	if err := parser.Err(); err != nil {
		return f.parserFault(err)
	}
	return nil
}

// parserFault puts an error of the parser at its place.
func (f *included) parserFault(err error) error {
	at := f.place()
	found := takeApart(at, err)
	if found.reason == "unexpected newline" { // noticed after a look into the next entry
		return &fault{place{f.name, f.lineAbove}, "", "nothing after the type"}
	}
	if f.alias {
		found.reason = strings.Replace(found.reason, "CNAME", "ALIAS", 1)
	}
	return found
}

// place is where the byte that was read last stands.
func (f *included) place() place {
	return place{f.name, f.entryLine + bytes.Count(f.entry[:max(f.at-1, 0)], []byte("\n"))}
}

// ReadByte gives the parser the next byte. The parser never reads beyond the end of a record, so that entryLine is the
// line of the record it returns.
func (f *included) ReadByte() (byte, error) {
	for f.at == len(f.entry) {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	c := f.entry[f.at]
	f.at++
	return c, nil
}

// Read is never called: the parser prefers ReadByte.
func (f *included) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := f.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// next takes the next entry, and does it if it is a directive. The error stays in f.err, because the parser hides it.
func (f *included) next() error {
	f.at, f.entry = 0, nil
	if f.generator != nil {
		line, err := f.generator.line()
		if err != nil {
			return f.fail("$GENERATE", err.Error())
		}
		if line != nil {
			f.feed(line)
			return nil
		}
		f.generator = nil
	}
	if len(f.rest) == 0 {
		return io.EOF
	}
	end, open := entryEnd(f.rest)
	f.lineAbove, f.entryLine = f.entryLine, f.line
	if open >= 0 {
		f.entryLine += bytes.Count(f.rest[:open], []byte("\n"))
		return f.fail(string(f.rest[open:open+1]), "opened and never closed")
	}
	entry := f.rest[:end]
	f.rest = f.rest[end:]
	f.line += bytes.Count(entry, []byte("\n"))
	if entry[0] == '$' {
		return f.directive(entry)
	}
	f.feed(entry)
	return nil
}

// feed gives the parser an entry that is no directive.
func (f *included) feed(entry []byte) {
	f.written = entry
	f.entry, f.alias = forParser(entry)
}

func (f *included) fail(token, reason string) error {
	f.err = &fault{place{f.name, f.entryLine}, token, reason}
	return f.err
}
