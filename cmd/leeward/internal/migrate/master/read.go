package master

import (
	"fmt"
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
