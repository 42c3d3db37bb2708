package world

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"leeward/cmd/leeward-bench/internal/peer"
)

// Editable is the zone of Static with a steered name in it, whose file can be replaced at once: writing it takes next to
// no time of a processor that is being measured.
type Editable struct {
	path   string
	serial uint32
	body   []byte
}

// NewEditable makes the zone and its file.
func NewEditable(dir string, names int, colos []peer.Colo) (*Editable, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	e := &Editable{path: filepath.Join(dir, origin+".zone")}
	var body bytes.Buffer
	w := bufio.NewWriter(&body)
	for _, c := range colos {
		fmt.Fprintf(w, "www A %s\n", c.Address)
	}
	Hosts(names)(w)
	if err := w.Flush(); err != nil {
		return nil, err
	}
	e.body = body.Bytes()
	return e, e.Edit()
}

// Edit writes the file anew, with the next serial and one other record.
func (e *Editable) Edit() error {
	e.serial++
	f, err := os.Create(e.path + ".new")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, head+"edited A 192.0.2.%d\n", e.serial, e.serial&255); err != nil {
		return err
	}
	if _, err := f.Write(e.body); err != nil {
		return err
	}
	return os.Rename(e.path+".new", e.path)
}

// Origin is the name of the zone, without the last dot.
func (e *Editable) Origin() string { return origin }

// Serial is that of the last edit.
func (e *Editable) Serial() uint32 { return e.serial }
