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
	root string // directory that the file may not lead out of by a symbolic link; "" lets it
	look Look   // zero when it could not be read
	sum  [sha256.Size]byte
	at   int64 // when it was read, nanoseconds since 1970
}

// Look is what a file looks like from outside. Equal ones that are old are of the same content; the zero Look is of none.
type Look struct {
	device, number uint64
	size           int64
	changed        int64 // nanoseconds since 1970, as the file says: whoever copies it may set that
	touched        int64 // likewise, as the system has it (ctime), of its name and mode too; 0 where it does not tell
}

// Old says whether the file was changed so long before a time that another change would show.
func (l Look) Old(at time.Time) bool { return at.Sub(time.Unix(0, max(l.changed, l.touched))) >= young }

// young is how old a file must be for its time of change to prove anything: a second write within one tick of the file
// system's clock leaves the same time.
const young = 2 * time.Second

// read reads the file, into a buffer if that has the room, and notes what it is like.
func (in *input) read(now time.Time, into []byte) ([]byte, error) {
	in.look, in.at = Look{}, now.UnixNano()
	f, err := in.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if int64(cap(into)) < info.Size()+bytes.MinRead {
		into = make([]byte, 0, info.Size()+bytes.MinRead)
	}
	data := bytes.NewBuffer(into[:0])
	if _, err := data.ReadFrom(f); err != nil {
		return nil, err
	}
	in.look, in.sum = lookOf(f), sha256.Sum256(data.Bytes())
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
	if in.look == (Look{}) || !in.look.Old(time.Unix(0, in.at)) {
		return false
	}
	return LookAt(in.path) == in.look
}

// same reads the file again and says whether it holds the same bytes. It notes what the file is like now.
func (in *input) same(now time.Time, m *room) bool {
	before := *in
	data, err := in.read(now, m.again)
	if cap(data) > cap(m.again) && cap(data) <= mostText {
		m.again = data
	}
	return err == nil && before.look != (Look{}) && in.sum == before.sum
}

// mostText is how much room for the text of files is kept from one to the next.
const mostText = 1 << 20

// gone says whether there is no such file.
func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// open reads a file and remembers it, whether or not it is there: the zone changes when it appears.
func (r *reading) open(path, root string) ([]byte, error) {
	if r.inputs == nil {
		r.inputs = r.room.input()
	}
	in := input{path: path, root: root}
	data, err := in.read(r.now, nil)
	r.inputs = append(r.inputs, in)
	return data, err
}
