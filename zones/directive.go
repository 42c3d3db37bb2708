package zones

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// directive does what an entry that begins with a dollar sign says.
func (f *included) directive(entry []byte) error {
	args := words(entry)
	f.show(nil, entry)
	switch strings.ToUpper(args[0]) {
	case "$TTL":
		if len(args) == 2 {
			f.ttl = args[1]
		}
		f.entry = entry // the parser says what is wrong with it
		return nil
	case "$ORIGIN":
		if len(args) != 2 {
			return f.fail("$ORIGIN", "want one name")
		}
		origin, err := absolute(args[1], f.origin)
		if err != nil {
			return f.fail("$ORIGIN", err.Error())
		}
		f.origin = origin
		f.entry = []byte("$ORIGIN " + origin.String() + "\n")
		return nil
	case "$INCLUDE":
		return f.include(args[1:])
	case "$GENERATE":
		generator, err := newGenerator(entry)
		if err != nil {
			return f.fail("$GENERATE", err.Error())
		}
		f.generator = generator
		return nil
	default:
		return f.fail(args[0], `no such directive; a name that begins with $ is written \$`)
	}
}

// include reads another file as if it stood here, but for its $ORIGIN, $TTL and last owner, which end with it.
func (f *included) include(args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return f.fail("$INCLUDE", "want a file and perhaps an origin")
	}
	name, origin := args[0], f.origin
	if !filepath.IsLocal(name) || slices.Contains(strings.Split(name, "/"), "..") {
		return f.fail(name, "$INCLUDE takes files in the directory of the zone file only, by a relative path without ..")
	}
	if len(args) == 2 {
		var err error
		if origin, err = absolute(args[1], f.origin); err != nil {
			return f.fail("$INCLUDE", err.Error())
		}
	}
	rel := path.Join(f.dir, name)
	shown := filepath.Join(f.root, rel)
	if slices.Contains(f.within, shown) {
		return f.fail(name, "the file includes itself")
	}
	if len(f.within) > maxInclude {
		return f.fail(name, fmt.Sprintf("files include each other more than %d deep", maxInclude))
	}
	data, err := f.open(shown, f.root)
	if err != nil {
		return f.fail(name, cause(err))
	}
	sub := &included{
		reading: f.reading, name: shown, dir: path.Dir(rel), within: append(slices.Clone(f.within), shown),
		origin: origin, ttl: f.ttl, lastTTL: f.lastTTL,
	}
	f.err = sub.file(data)
	return f.err
}
