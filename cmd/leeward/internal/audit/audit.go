// Package audit keeps the record of who changed what through the admin API: JSON lines in a file, and the files before it.
//
// It owns the form of the files and their bound. A record that cannot be written is told to whoever appends it, and lost:
// the order that it is about has been carried out.
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The files: audit.log, and audit.log.1 (newest) to audit.log.4 that were full.
const (
	name   = "audit.log"
	before = 4
)

// full is the size in octets from which a file is put aside: five of them hold some 20,000 records.
const full = 1 << 20

// Record is one order, whatever came of it.
type Record struct {
	Time   time.Time       `json:"time"`
	Who    string          `json:"who"`    // name of the token, the certificate's or the system's user
	Way    string          `json:"way"`    // socket, token, certificate, signal
	From   string          `json:"from"`   // address, or uid and pid on the socket
	Role   string          `json:"role"`   // of who asked
	What   string          `json:"what"`   // such as POST /v1/overrides
	Body   json.RawMessage `json:"body"`   // of the request; null: none, or more than 4 KiB
	Status int             `json:"status"` // of the reply: 200 done, 409 refused, 403 not allowed
	Error  string          `json:"error"`
}

// Log is the record on disk. Its methods may be called at any time.
type Log struct {
	dir string // "": nothing is kept

	mu   sync.Mutex
	lost uint64 // records that could not be written
	err  error  // why the last could not
}

// New makes a log in a directory. It opens nothing.
func New(dir string) *Log { return &Log{dir: dir} }

// Append adds a record.
func (l *Log) Append(r Record) error {
	if l.dir == "" {
		return nil
	}
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err = l.write(append(line, '\n')); err != nil {
		l.lost++
		err = fmt.Errorf("audit log: %w", err)
	}
	l.err = err
	return err
}

// write opens the file anew for each record: they are rare, and who moves the file away loses none.
func (l *Log) write(line []byte) error {
	file := filepath.Join(l.dir, name)
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Size() >= full {
		if err := rotate(file); err != nil {
			return err
		}
	}
	f, err := open(file)
	if err != nil {
		return err
	}
	if cut(f) {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

// open makes the directory, if need be: a server without colos keeps nothing else in it.
func open(file string) (*os.File, error) {
	const how = os.O_APPEND | os.O_CREATE | os.O_RDWR
	f, err := os.OpenFile(file, how, 0o640)
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(filepath.Dir(file), 0o750) == nil {
		f, err = os.OpenFile(file, how, 0o640)
	}
	return f, err
}

// cut says whether the last line of a file is cut off, as a full disk does.
func cut(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// rotate makes room for a new file. The oldest goes.
func rotate(file string) error {
	for i := before - 1; i >= 0; i-- {
		if err := os.Rename(numbered(file, i), numbered(file, i+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func numbered(file string, i int) string {
	if i == 0 {
		return file
	}
	return fmt.Sprintf("%s.%d", file, i)
}

// Lost is how many records could not be written since the start, and why the last one could not; nil if it could.
func (l *Log) Lost() (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost, l.err
}

// Last reads the newest records, oldest first. What is no record, such as a line that a full disk cut off, is left out.
func (l *Log) Last(most int) ([]Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []Record{}
	if l.dir == "" {
		return list, nil
	}
	for i := 0; i <= before && len(list) < most; i++ {
		text, err := os.ReadFile(numbered(filepath.Join(l.dir, name), i))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("audit log: %w", err)
		}
		list = append(records(text), list...)
	}
	return list[max(0, len(list)-most):], nil
}

func records(text []byte) (list []Record) {
	for line := range bytes.Lines(text) {
		var r Record
		if json.Unmarshal(line, &r) == nil && !r.Time.IsZero() {
			list = append(list, r)
		}
	}
	return list
}
