package journal

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"leeward/zones"
)

// Save keeps a version of a zone: it adds the changes that lead to it from what is kept, or writes all of it anew when
// they do not, or when the changes have outgrown the zone. What is kept is on the disk when it returns. After an error what
// was kept before is kept still. A zone that is not ready is not saved.
func (d Directory) Save(z *zones.Zone) error {
	if d == "" || z.Unready() != "" {
		return nil
	}
	path := d.path(z.Origin())
	done, err := extend(path, z)
	if err == nil && !done {
		err = d.write(path, z)
	}
	if err != nil {
		return fmt.Errorf("zone %s: what is served cannot be kept: %w", strings.TrimSuffix(z.Origin().String(), "."), err)
	}
	return nil
}

// minRoom is how many octets of changes a file may have, however small its zone.
const minRoom = 1 << 20

// extend adds to the file what leads to the version. It is false when there is no file, or none that can be added to.
func extend(path string, z *zones.Zone) (done bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, nil // whatever is wrong with it: a new file is written in its place
	}
	defer f.Close()
	size, last, number, ok := end(f)
	if !ok {
		return false, nil
	}
	if last.is(z) {
		return true, nil
	}
	steps, digests, known := since(last, z)
	if !known {
		return false, nil
	}
	var octets []byte
	for i, c := range steps {
		h := here{serial: c.To(), digest: digests[i], base: last.base, note: z.Note()}
		number++
		octets = entry{number, step, h.append(appendChange(nil, c))}.append(octets)
	}
	if len(steps) == 0 {
		octets = entry{number + 1, mark, hereOf(z, last.base).append(nil)}.append(octets)
	}
	if room := max(minRoom, last.base); uint64(size)-last.base+uint64(len(octets)) > room {
		return false, nil
	}
	if _, err = f.WriteAt(octets, size); err == nil {
		err = f.Sync()
	}
	if err != nil {
		_ = f.Truncate(size) // else the broken end is left away when it is read
		return false, err
	}
	return true, nil
}

// end is the size of the file and what its last entry says. It reads nothing else.
func end(f *os.File) (size int64, last here, number uint64, ok bool) {
	info, err := f.Stat()
	if err != nil || info.Size() < int64(len(magic)+before+inside+behind) {
		return 0, last, 0, false
	}
	size = info.Size()
	var tail [4]byte
	if _, err := f.ReadAt(tail[:], size-4); err != nil {
		return 0, last, 0, false
	}
	length := int64(binary.BigEndian.Uint32(tail[:])) + before + behind
	if length > size-int64(len(magic)) {
		return 0, last, 0, false
	}
	octets := make([]byte, length)
	if _, err := f.ReadAt(octets, size-length); err != nil {
		return 0, last, 0, false
	}
	e, err := parseEntry(octets)
	if err != nil || e.kind != mark && e.kind != step || len(e.content) < hereSize {
		return 0, last, 0, false
	}
	d := decoder{rest: e.content[len(e.content)-hereSize:]}
	last = d.here()
	return size, last, e.number, last.base <= uint64(size)
}

// since are the last changes of a zone that lead to it from what was kept, with the digest after each one.
func since(kept here, z *zones.Zone) (steps []*zones.Change, digests []zones.Digest, known bool) {
	history := z.History()
	digests = make([]zones.Digest, len(history)+1)
	digests[len(history)] = z.Digest()
	serial := z.Serial()
	for i := len(history); ; i-- {
		if serial == kept.serial && digests[i] == kept.digest {
			return history[i:], digests[i+1:], true
		}
		if i == 0 || history[i-1].To() != serial {
			return nil, nil, false
		}
		digests[i-1], serial = digests[i].Before(history[i-1]), history[i-1].From()
	}
}

// write writes all there is of a zone into a new file, which takes the place of the old one at once.
func (d Directory) write(path string, z *zones.Zone) (err error) {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary) // it is written anew the next time anyway
		}
	}()
	out := bufio.NewWriterSize(f, 1<<16)
	write(out, z)
	err = out.Flush()
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// chunk is about how many octets of records an entry has.
const chunk = 1 << 16

// write writes all entries of a zone. The writer keeps the first error.
func write(out io.Writer, z *zones.Zone) {
	var number, written uint64
	put := func(k kind, content []byte) {
		octets := entry{number, k, content}.append(nil)
		number, written = number+1, written+uint64(len(octets))
		_, _ = out.Write(octets)
	}
	_, _ = io.WriteString(out, magic)
	written += uint64(len(magic))
	put(head, []byte(z.Origin()))
	for _, c := range z.History() {
		put(past, appendChange(nil, c))
	}
	var content []byte
	for r := range z.All() {
		content = appendRecord(content, r)
		if len(content) >= chunk {
			put(records, content)
			content = content[:0]
		}
	}
	put(records, content)
	put(mark, hereOf(z, written+before+inside+hereSize+behind).append(nil))
}

// syncDirectory makes the new name of a file last.
func syncDirectory(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
