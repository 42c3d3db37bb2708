package master

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
)

// Record is a record as it stands in the text.
type Record struct {
	At      migrate.Place
	Owner   string // absolute
	TTL     string // as given; "": the default
	Default uint32 // TTL where none is given
	Type    string // in capitals
	Data    []Word
	Comment string // behind it, without the semicolon
	Origin  string // of relative names
}

// Options say how text is read.
type Options struct {
	Origin   string // of relative names; "": the text has to say
	TTL      uint32 // where neither a record nor $TTL says any
	Files    *migrate.Files
	Marks    bool         // @Z and @F stand for the origin of the zone, and of the file (gdnsd)
	Generate bool         // $GENERATE is known (BIND)
	Comment  func(string) // is shown each comment on a line of its own
	Record   func(Record) error
}

// reader is one file in the course of being read.
type reader struct {
	Options
	zone   string // origin of the zone
	file   string // origin of the file
	origin string
	ttl    uint32
	owner  string
	within []string // the files that include this one, and itself
	made   *int     // records that $GENERATE has made so far
}

// maxGenerated bounds the records that $GENERATE makes in one zone.
const maxGenerated = 1 << 18

// Read reads the text of a file and of those that it includes, record by record. The error names file, line and word.
func Read(text, file string, o Options) error {
	r := &reader{Options: o, zone: o.Origin, file: o.Origin, origin: o.Origin, ttl: o.TTL, within: []string{file}, made: new(int)}
	return r.all(text, file)
}

func (r *reader) all(text, file string) error {
	lines, err := split(text, file)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := r.line(l); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) line(l line) error {
	switch {
	case len(l.words) == 0:
		if r.Comment != nil {
			r.Comment(l.comment)
		}
		return nil
	case !l.bare && strings.HasPrefix(l.words[0].Raw, "$"):
		return r.directive(l)
	}
	words := l.words
	if !l.bare {
		owner, err := r.name(words[0].Raw)
		if err != nil {
			return l.at.Errorf("%s: %w", words[0].Raw, err)
		}
		r.owner, words = owner, words[1:]
	}
	if r.owner == "" {
		return l.at.Errorf("no owner: no record stands before")
	}
	return r.record(l, words)
}

// record takes a record apart: [TTL] [class] type data, TTL and class in any order.
func (r *reader) record(l line, words []Word) error {
	rec := Record{At: l.at, Owner: r.owner, Default: r.ttl, Comment: l.comment, Origin: r.origin}
	for ; len(words) > 0; words = words[1:] {
		word := words[0]
		switch {
		case word.Quoted:
		case strings.EqualFold(word.Raw, "IN"):
			continue
		case rec.TTL == "" && isDigit(word.Raw[0]):
			rec.TTL = word.Raw
			continue
		}
		break
	}
	if len(words) == 0 {
		return l.at.Errorf("%s: no type", r.owner)
	}
	rec.Type = strings.ToUpper(words[0].Raw)
	for _, word := range words[1:] {
		if r.Marks && !word.Quoted && strings.Contains(word.Raw, "@") {
			name, err := r.name(word.Raw)
			if err != nil {
				return l.at.Errorf("%s: %w", word.Raw, err)
			}
			word.Raw = name
		}
		rec.Data = append(rec.Data, word)
	}
	return r.Record(rec)
}

// name is a name in full.
func (r *reader) name(raw string) (string, error) {
	if r.Marks {
		for mark, origin := range map[string]string{"@Z": r.zone, "@F": r.file} {
			if raw == mark {
				raw = origin
			} else if below, ok := strings.CutSuffix(raw, "."+mark); ok {
				raw = joinNames(below, origin)
			}
		}
	}
	switch {
	case strings.HasSuffix(raw, ".") && !strings.HasSuffix(raw, `\.`):
	case r.origin == "":
		return "", fmt.Errorf("a relative name, and which zone is it? (name the file NAME.zone, or give --origin NAME)")
	case raw == "@":
		raw = r.origin
	default:
		raw = joinNames(raw, r.origin)
	}
	if _, ok := dns.IsDomainName(raw); !ok {
		return "", fmt.Errorf("no domain name")
	}
	return raw, nil
}

func joinNames(name, origin string) string {
	if origin == "." {
		return name + "."
	}
	return name + "." + origin
}

// directive carries out $TTL, $ORIGIN, $INCLUDE and $GENERATE.
func (r *reader) directive(l line) error {
	known := []string{"$TTL", "$ORIGIN", "$INCLUDE"}
	if r.Generate {
		known = append(known, "$GENERATE")
	}
	what := strings.ToUpper(l.words[0].Raw)
	args := l.words[1:]
	switch {
	case !slices.Contains(known, what):
		return l.at.Errorf("%s: no such directive: is %s meant?", l.words[0].Raw, nearest(what, known))
	case len(args) == 0:
		return l.at.Errorf("%s: nothing behind it", what)
	}
	switch what {
	case "$TTL":
		ttl, err := ParseTTL(args[0].Raw)
		if err != nil {
			return l.at.Errorf("$TTL: %w", err)
		}
		r.ttl = ttl
	case "$ORIGIN":
		origin, err := r.name(args[0].Raw)
		if err != nil {
			return l.at.Errorf("$ORIGIN %s: %w", args[0].Raw, err)
		}
		r.origin = origin
	case "$INCLUDE":
		return r.include(l.at, args)
	case "$GENERATE":
		return r.generate(l, args)
	}
	return nil
}

// include reads another file in the place of the directive. Origin, TTL and owner are as before after it.
func (r *reader) include(at migrate.Place, args []Word) error {
	path := args[0].Text()
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(at.File), path)
	}
	if slices.Contains(r.within, filepath.Clean(path)) || len(r.within) > migrate.MaxNested {
		return at.Errorf("$INCLUDE %s: it includes itself", args[0].Raw)
	}
	if r.Files == nil {
		return at.Errorf("$INCLUDE %s: no file can be included here", args[0].Raw)
	}
	text, err := r.Files.Read(path)
	if err != nil {
		return at.Errorf("$INCLUDE %s: %w", args[0].Raw, err)
	}
	inner := *r
	inner.within = append(slices.Clip(r.within), filepath.Clean(path))
	if len(args) > 1 {
		if inner.origin, err = r.name(args[1].Raw); err != nil {
			return at.Errorf("$INCLUDE %s %s: %w", args[0].Raw, args[1].Raw, err)
		}
	}
	inner.file = inner.origin
	return inner.all(text, path)
}

// generate gives the records of $GENERATE.
func (r *reader) generate(l line, args []Word) error {
	if r.origin == "" {
		return l.at.Errorf("$GENERATE: which zone is it? (name the file NAME.zone, or give --origin NAME)")
	}
	text := "$GENERATE"
	for _, a := range args {
		text += " " + a.Raw
	}
	parser := dns.NewZoneParser(strings.NewReader(text+"\n"), r.origin, "")
	hasTTL := len(args) > 2 && isDigit(args[2].Raw[0])
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		h := rr.Header()
		words, err := split(strings.TrimPrefix(rr.String(), h.String()), l.at.File)
		if err != nil || len(words) == 0 {
			return l.at.Errorf("$GENERATE: %s", rr)
		}
		if *r.made++; *r.made > maxGenerated {
			return l.at.Errorf("$GENERATE: more than %d records in one zone", maxGenerated)
		}
		rec := Record{At: l.at, Owner: h.Name, Default: r.ttl, Type: dns.Type(h.Rrtype).String(), Data: words[0].words, Origin: r.origin}
		if hasTTL {
			rec.TTL = fmt.Sprint(h.Ttl)
		}
		if err := r.Record(rec); err != nil {
			return err
		}
	}
	if err := parser.Err(); err != nil {
		return l.at.Errorf("$GENERATE: %s", reason(err))
	}
	return nil
}

// ParseTTL reads a TTL: seconds, or numbers with units as in BIND ("1h30m").
func ParseTTL(text string) (uint32, error) {
	units := map[byte]uint64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
	total, rest := uint64(0), strings.ToLower(text)
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseUint(rest[:digits], 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%q is no TTL", text)
		}
		unit := uint64(1)
		if rest = rest[digits:]; rest != "" {
			if unit = units[rest[0]]; unit == 0 {
				return 0, fmt.Errorf("%q is no TTL", text)
			}
			rest = rest[1:]
		}
		if total += n * unit; total > math.MaxInt32 {
			return 0, fmt.Errorf("the TTL %s is more than 2^31-1 s (RFC 2181 section 8)", text)
		}
	}
	if text == "" {
		return 0, fmt.Errorf("no TTL")
	}
	return uint32(total), nil
}
