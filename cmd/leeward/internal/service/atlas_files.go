package service

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"leeward/steering"
	"leeward/steering/geo"
)

// checksum is the SHA-256 of a file; that of nothing where no file is named.
type checksum [sha256.Size]byte

// readText reads a file that is text, unless what is in service of it was made of the same.
func readText[T any](m *making, of geo.Source, parse func(text, file string, n *steering.Network) (*T, error), inService *T) (*T, error) {
	file := m.recipe.files[of]
	if file == "" {
		return nil, m.take(of, sha256.Sum256(nil), nil)
	}
	text, err := readFile(file)
	if err != nil {
		return inService, m.take(of, checksum{}, fmt.Errorf("steering.geo.%s: %w", keyOf(of), err))
	}
	sum := sha256.Sum256(text)
	if inService != nil && sum == m.stays.recipe.sums[of] {
		return inService, m.take(of, sum, nil)
	}
	parsed, err := parse(string(text), file, m.network)
	if err != nil {
		return inService, m.take(of, checksum{}, err)
	}
	return parsed, m.take(of, sum, nil)
}

// openDatabase reads a geo database; for "" the embedded one.
func openDatabase(file string) (*geo.Database, checksum, error) {
	if file != "" {
		return openMMDB(file, geo.FromDatabase, geo.Open)
	}
	database, err := geo.Embedded()
	return database, sha256.Sum256(nil), err
}

// openASNs reads an AS database; "" is none.
func openASNs(file string) (*geo.ASNs, checksum, error) {
	if file == "" {
		return nil, sha256.Sum256(nil), nil
	}
	return openMMDB(file, geo.FromASNs, geo.OpenASNs)
}

func openMMDB[T any](file string, of geo.Source, open func([]byte) (*T, error)) (*T, checksum, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, checksum{}, fmt.Errorf("steering.geo.%s: %w", keyOf(of), err)
	}
	database, err := open(data)
	if err != nil {
		return nil, checksum{}, fmt.Errorf("steering.geo.%s: %s: %w", keyOf(of), file, err)
	}
	return database, sha256.Sum256(data), nil
}

// reopen reads a geo database once more, for what the map made of it does not hold. What the file has become since would
// tell of another map.
func reopen(file string, sum checksum) (*geo.Database, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != sum {
		return nil, fmt.Errorf("%s has changed since the map was made of it", file)
	}
	return geo.Open(data)
}

// sumOf is the checksum of a file, which it does not hold in memory.
func sumOf(file string) (sum checksum, err error) {
	h := sha256.New()
	if file != "" {
		f, err := openPlain(file)
		if err != nil {
			return sum, err
		}
		defer f.Close()
		if _, err := io.Copy(h, f); err != nil {
			return sum, err
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

func readFile(file string) ([]byte, error) {
	f, err := openPlain(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// openPlain refuses what is no plain file first, because opening a pipe would wait for its writer.
func openPlain(file string) (*os.File, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: file, Err: errors.New("not a plain file")}
	}
	return os.Open(file)
}

func databaseName(file string) string {
	if file == "" {
		return "the embedded country map"
	}
	return file
}
