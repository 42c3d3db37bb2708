package zones

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// input is a file that a zone was made of, as it was when it was read, so that a change can be seen.
type input struct {
	path string
	root string      // directory that the file may not lead out of by a symbolic link; "" lets it
	info fs.FileInfo // nil when it could not be read
	sum  [sha256.Size]byte
	at   time.Time // when it was read
}

// young is how old a file must be for its time of change to prove anything: a second write within one tick of the file
// system's clock leaves the same time.
const young = 2 * time.Second

// read reads the file and notes what it is like.
func (in *input) read(now time.Time) ([]byte, error) {
	in.info, in.at = nil, now
	f, err := in.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := data.ReadFrom(f); err != nil {
		return nil, err
	}
	in.info, in.sum = info, sha256.Sum256(data.Bytes())
	return data.Bytes(), nil
}

// open refuses what is no plain file first, because opening a pipe would wait for its writer.
func (in *input) open() (*os.File, error) {
	if in.root == "" {
		info, err := os.Stat(in.path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("not a plain file")
		}
		return os.Open(in.path)
	}
	root, err := os.OpenRoot(in.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	rel, err := filepath.Rel(in.root, in.path)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a plain file")
	}
	return root.Open(rel)
}

// untouched says whether the file looks as it did, without reading it. It may say no of an untouched file.
func (in *input) untouched() bool {
	if in.info == nil || in.info.ModTime().After(in.at.Add(-young)) {
		return false
	}
	info, err := os.Stat(in.path)
	return err == nil && os.SameFile(info, in.info) && info.Size() == in.info.Size() && info.ModTime().Equal(in.info.ModTime())
}

// same reads the file again and says whether it holds the same bytes. It notes what the file is like now.
func (in *input) same(now time.Time) bool {
	before := *in
	_, err := in.read(now)
	return err == nil && before.info != nil && in.sum == before.sum
}

// gone says whether there is no such file.
func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// open reads a file and remembers it, whether or not it is there: the zone changes when it appears.
func (r *reading) open(path, root string) ([]byte, error) {
	in := input{path: path, root: root}
	data, err := in.read(r.now)
	r.inputs = append(r.inputs, in)
	return data, err
}
