package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
)

// write writes files. Unless it is forced, nothing is overwritten, and nothing written if anything would be.
func (i *importing) write(dir string, files []migrate.File) error {
	var there []string
	for _, f := range files {
		path := target(dir, f)
		if _, err := os.Lstat(path); err == nil {
			there = append(there, path)
		}
	}
	if len(there) > 0 && !i.force {
		return usageError{fmt.Errorf("%s: it is there already, and not overwritten without --force", strings.Join(there, ", "))}
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(target(dir, f)), 0o755); err != nil {
			return err
		}
	}
	return replace(dir, files)
}

// target is where a file goes.
func target(dir string, f migrate.File) string { return filepath.Join(dir, filepath.FromSlash(f.Name)) }

// replace writes files into directories that there are: all of them beside their places first, and then moves them there.
func replace(dir string, files []migrate.File) error {
	const beside = ".new"
	for _, f := range files {
		path := target(dir, f)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory, and no file can be written there", path)
		}
	}
	var written []string
	for _, f := range files {
		file, err := os.Create(target(dir, f) + beside)
		if err == nil {
			written = append(written, file.Name())
			_, err = file.WriteString(f.Text)
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			for _, name := range written {
				err = errors.Join(err, os.Remove(name))
			}
			return err
		}
	}
	for _, f := range files {
		if err := os.Rename(target(dir, f)+beside, target(dir, f)); err != nil {
			return err
		}
	}
	return nil
}
