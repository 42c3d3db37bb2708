package migrate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Bounds of what is read.
const (
	maxFile  = 256 << 20 // octets of a file
	maxFiles = 10_000
	// MaxNested bounds how deep files include each other, and brackets stand in each other.
	MaxNested = 32
)

// Files reads the files of a peer. It does not lead out of Root, by a name or by a symbolic link, unless Outside is set.
type Files struct {
	Root    string // directory
	Outside bool

	read int
}

// Read reads a file. The error is a sentence without the place from which the file was asked for.
func (f *Files) Read(path string) (string, error) {
	if err := f.inside(path); err != nil {
		return "", err
	}
	if f.read++; f.read > maxFiles {
		return "", fmt.Errorf("%s: more than %d files are read", path, maxFiles)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", named(path, err)
	case info.IsDir():
		return "", fmt.Errorf("%s is a directory", path)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file", path)
	case info.Size() > maxFile:
		return "", fmt.Errorf("%s is larger than %d MiB", path, maxFile>>20)
	}
	data, err := os.ReadFile(path)
	return strings.TrimPrefix(string(data), "\xef\xbb\xbf"), named(path, err) // an editor's byte order mark
}

// List is what a directory holds, in order of names.
func (f *Files) List(dir string) ([]os.DirEntry, error) {
	if err := f.inside(dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	return entries, named(dir, err)
}

// named is an error of the system as "PATH: reason".
func named(path string, err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", path, pathErr.Err)
	}
	return err
}

// inside refuses what lies outside the root.
func (f *Files) inside(path string) error {
	if f.Outside {
		return nil
	}
	root, err := filepath.EvalSymlinks(f.Root)
	if err != nil {
		return named(f.Root, err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return named(path, err)
	}
	if rel, err := filepath.Rel(root, real); err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return fmt.Errorf("%s lies outside %s: with --outside it is read all the same", path, f.Root)
	}
	return nil
}
