package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leeward/zones"
)

// Directory keeps zones in this directory, which is made when the first one is saved. The empty one keeps nothing. What is
// done with different zones may be done at the same time, what is done with one zone may not.
type Directory string

// suffix is how the file of a zone ends.
const suffix = ".kept"

// maxPlain is how long the name of a file gets before it is a hash, which leaves room for the suffixes in the 255 octets
// that file systems take.
const maxPlain = 150

// fileName is the name of the file of a zone: its origin without the last dot, in lower case, with every other octet than
// letters, digits, - and _ as a % and two digits. A long one is cut, with a + and its hash behind.
func fileName(origin zones.Name) string {
	var b strings.Builder
	for rest := []byte(origin.Lower()); len(rest) > 0 && rest[0] != 0; rest = rest[1+int(rest[0]):] {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		for _, c := range rest[1 : 1+int(rest[0])] {
			if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02x", c)
			}
		}
	}
	name := b.String()
	switch {
	case name == "":
		name = "%root"
	case len(name) > maxPlain:
		sum := sha256.Sum256([]byte(origin.Lower()))
		name = name[:maxPlain] + "+" + hex.EncodeToString(sum[:])
	}
	return name + suffix
}

func (d Directory) path(origin zones.Name) string { return filepath.Join(string(d), fileName(origin)) }

// Drop forgets a zone.
func (d Directory) Drop(origin zones.Name) error {
	if d == "" {
		return nil
	}
	if err := os.Remove(d.path(origin)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the zone cannot be forgotten: %w", err)
	}
	return nil
}

// Names are the origins of all zones that are kept. A file whose beginning cannot be read is passed over, and part of the
// error.
func (d Directory) Names() ([]zones.Name, error) {
	if d == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the kept zones cannot be listed: %w", err)
	}
	var names []zones.Name
	var errs []error
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) || !e.Type().IsRegular() {
			continue
		}
		origin, err := originOf(filepath.Join(string(d), e.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		names = append(names, origin)
	}
	return names, errors.Join(errs...)
}

// originOf is the origin that a file begins with.
func originOf(path string) (zones.Name, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := newReader(f)
	e, err := r.next()
	if err == nil && e.kind != head {
		err = errBroken
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	origin, err := e.origin()
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return origin, nil
}
