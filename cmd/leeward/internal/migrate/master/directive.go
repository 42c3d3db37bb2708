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

// maxGenerated bounds the records that $GENERATE makes in one zone.
const maxGenerated = 1 << 18

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
