// Package state keeps on disk what a node must know when it starts again: the last verdicts, the operators' overrides, and
// the notes of the cluster. It owns the form of the files and their safe replacement.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"leeward/cluster"
	"leeward/steering"
)

// format is the version of the files' form.
const format = 1

// The files of a state directory.
const (
	verdictsFile  = "verdicts.json"
	overridesFile = "overrides.json"
	notesFile     = "notes.json"
)

// Directory is a state directory; "" keeps nothing.
type Directory string

// Make makes the directory, if need be.
func (d Directory) Make() error {
	if d == "" {
		return nil
	}
	if err := os.MkdirAll(string(d), 0o750); err != nil {
		return fmt.Errorf(`state.directory: %w (name another, or "" to keep nothing)`, err)
	}
	return nil
}

// file is the form of a state file.
type file[T any] struct {
	Format int `json:"format"`
	Kept   []T `json:"kept"`
}

// Verdicts reads the verdicts kept; none when there never were any.
func (d Directory) Verdicts() ([]steering.Remembered, error) {
	return load[steering.Remembered](d, verdictsFile)
}

// KeepVerdicts replaces the verdicts kept.
func (d Directory) KeepVerdicts(list []steering.Remembered) error { return save(d, verdictsFile, list) }

// Overrides reads the overrides kept; none when there never were any.
func (d Directory) Overrides() ([]steering.Override, error) {
	return load[steering.Override](d, overridesFile)
}

// KeepOverrides replaces the overrides kept.
func (d Directory) KeepOverrides(list []steering.Override) error { return save(d, overridesFile, list) }

// Notes reads the notes kept; none when there never were any.
func (d Directory) Notes() ([]cluster.Note, error) { return load[cluster.Note](d, notesFile) }

// KeepNotes replaces the notes kept. It makes the directory, if need be: a node without colos has nothing else to keep.
func (d Directory) KeepNotes(list []cluster.Note) error {
	if err := d.Make(); err != nil {
		return err
	}
	return save(d, notesFile, list)
}

// load reads a file. One that cannot be understood is put aside, so that it is neither believed nor lost.
func load[T any](d Directory, name string) ([]T, error) {
	if d == "" {
		return nil, nil
	}
	path := filepath.Join(string(d), name)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state.directory: %w", err)
	}
	var f file[T]
	err = json.Unmarshal(text, &f)
	if err == nil && f.Format != format {
		err = fmt.Errorf("its format is %d, and this program knows %d", f.Format, format)
	}
	if err != nil {
		aside := path + ".unreadable"
		return nil, errors.Join(fmt.Errorf("%s cannot be understood and is put aside as %s: %w", path, aside, err), os.Rename(path, aside))
	}
	return f.Kept, nil
}

// save writes a file beside the old one and puts it in its place once it is on the disk.
func save[T any](d Directory, name string, list []T) (err error) {
	if d == "" {
		return nil
	}
	text, err := json.MarshalIndent(file[T]{format, list}, "", " ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(string(d), name+".*.new")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(string(d), name))
}
