package dnstap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	dnstap "github.com/dnstap/golang-dnstap"
	framestream "github.com/farsightsec/golang-framestream"
)

// sink is where frames go. After an error of a socket it is of no use any more.
type sink interface {
	write(frame []byte) error // to be flushed
	flush() error
}

// ioTimeout bounds how long a reader may take to take what is written, and to shake hands.
const ioTimeout = 5 * time.Second

// farewell is how long a reader may take for the last messages when the program ends.
const farewell = time.Second

// socket is a reader behind a socket, spoken to both ways.
type socket struct {
	conn net.Conn
	*framestream.Writer
}

// dial connects to a reader, and shakes hands.
func dial(ctx context.Context, network, address string) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, ioTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) }) // the handshake, too, ends with the context
	defer stop()
	w, err := framestream.NewWriter(conn, &framestream.WriterOptions{ContentTypes: [][]byte{dnstap.FSContentType}, Bidirectional: true,
		Timeout: ioTimeout})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the handshake of frame streams: %w", err), conn.Close())
	}
	return &socket{conn, w}, nil
}

func (s *socket) write(frame []byte) error {
	_, err := s.WriteFrame(frame)
	return err
}

func (s *socket) flush() error { return s.Flush() }

// hurry has what is said after the context has ended end soon, whatever the reader does, until it is undone.
func (s *socket) hurry(ctx context.Context) (undo func() bool) {
	return context.AfterFunc(ctx, func() { time.AfterFunc(farewell, func() { _ = s.conn.Close() }) })
}

// close tells the reader that no more comes, and waits for its word that it has all.
func (s *socket) close() error { return errors.Join(s.Writer.Close(), s.conn.Close()) }

// file is a file, written to as whole frames: what does not fit on the disk leaves no part of one.
type file struct {
	path string
	f    *os.File
	size int64 // octets of whole frames
	buf  bytes.Buffer
	w    *framestream.Writer
}

// create begins a file. One that is there already is set aside: frames behind the end of another stream would not be read.
func create(path string) (*file, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0: // whose reader could hold up a reload, and the end
		return nil, fmt.Errorf("%s is a pipe or a socket: a file is wanted, or unix:PATH for a program that reads from a socket", path)
	case err == nil && info.Mode().IsRegular() && info.Size() > 0:
		if err := setAside(path, info.ModTime()); err != nil {
			return nil, err
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|syscall.O_NONBLOCK, 0o640) // nothing is waited for
	if err != nil {
		return nil, err
	}
	s := &file{path: path, f: f}
	s.w, err = framestream.NewWriter(&s.buf, &framestream.WriterOptions{ContentTypes: [][]byte{dnstap.FSContentType}})
	if err == nil {
		err = s.flush()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// setAside gives a file the time of its last change as a further suffix, and a number behind it where that is taken.
func setAside(path string, changed time.Time) error {
	aside := path + "." + changed.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		to := aside
		if n > 1 {
			to = fmt.Sprintf("%s.%d", aside, n)
		}
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return os.Rename(path, to)
		}
	}
}

func (s *file) write(frame []byte) error {
	_, err := s.w.WriteFrame(frame)
	return err
}

// flush writes all or nothing.
func (s *file) flush() error {
	err := s.w.Flush() // into memory
	if err == nil {
		var n int
		n, err = s.f.Write(s.buf.Bytes())
		if err == nil {
			s.size += int64(n)
		}
	}
	s.buf.Reset()
	if err == nil {
		return nil
	}
	if cutErr := s.f.Truncate(s.size); cutErr == nil {
		_, cutErr = s.f.Seek(s.size, 0)
		return errors.Join(err, cutErr)
	}
	return err
}

// moved says whether the path is another file's now, or nobody's.
func (s *file) moved() bool {
	ours, err := s.f.Stat()
	if err != nil {
		return true
	}
	there, err := os.Stat(s.path)
	return err != nil || !os.SameFile(ours, there)
}

func (s *file) close() error { return errors.Join(s.w.Close(), s.flush(), s.f.Close()) }
