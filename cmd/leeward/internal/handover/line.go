// Package handover is what a process and the one that takes its place say to each other, over a pair of connected sockets:
// messages in JSON, and with one of them the sockets that are handed over. It owns the starting of the other process, the
// form of the messages and its version. What is handed over, and when, is the service's business.
//
//	the new process            the old one
//	hello                                           who it is; the old one knows now whether they understand each other
//	prepared                                        all is read that takes time
//	                           state, and sockets   from here on the old one does not judge, and answers still
//	serving                                         it answers
//	                           yours                the old one stops answering
//	                           totals               what it counted until its end
//	failed                                          at any time: why nothing comes of it
package handover

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// Format is the version of the messages. Only processes of the same take each other's place.
const Format = 1

// Kind says what a message is for.
type Kind string

// The kinds of messages.
const (
	Hello    Kind = "hello"
	Prepared Kind = "prepared"
	State    Kind = "state"
	Serving  Kind = "serving"
	Yours    Kind = "yours"
	Totals   Kind = "totals"
	Failed   Kind = "failed"
)

// Message is one message.
type Message struct {
	Kind    Kind            `json:"kind"`
	Format  int             `json:"format,omitempty"`  // of hello
	Version string          `json:"version,omitempty"` // of the program, of hello
	Words   string          `json:"words,omitempty"`   // of failed
	Sockets []string        `json:"sockets,omitempty"` // names of those that come with it
	Content json.RawMessage `json:"content,omitempty"` // of state and totals
}

// maxMessage bounds a message, in octets: a state has notes, overrides, votes, verdicts and counters.
const maxMessage = 64 << 20

// Line is one end of the connection. One goroutine sends, and one receives.
type Line struct{ conn *net.UnixConn }

// errLong is that of a message that nobody can mean.
var errLong = errors.New("a message that is too long")

// Send sends a message, with the descriptors of the sockets that it names.
func (l *Line) Send(m Message, descriptors []int) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(text) > maxMessage {
		return errLong
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	framed := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	if _, err := l.conn.Write(append(framed, text...)); err != nil {
		return err
	}
	for len(descriptors) > 0 {
		n := min(len(descriptors), atOnce)
		if _, _, err := l.conn.WriteMsgUnix([]byte{0}, syscall.UnixRights(descriptors[:n]...), nil); err != nil {
			return err
		}
		descriptors = descriptors[n:]
	}
	return nil
}

// patience is how long the other end may take to take a message.
const patience = 10 * time.Second

// atOnce is how many descriptors go with one octet: fewer than the system allows (SCM_MAX_FD, 253).
const atOnce = 200

// Receive gives the next message, and the descriptors that came with it. It waits until a time; for ever if that is zero.
// The error is io.EOF when the other end is gone.
func (l *Line) Receive(until time.Time) (m Message, descriptors []int, err error) {
	if err := l.conn.SetReadDeadline(until); err != nil {
		return m, nil, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(l.conn, head); err != nil {
		return m, nil, gone(err)
	}
	size := binary.BigEndian.Uint32(head)
	if size > maxMessage {
		return m, nil, errLong
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(l.conn, text); err != nil {
		return m, nil, gone(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, nil, fmt.Errorf("a message that is not understood: %w", err)
	}
	for len(descriptors) < len(m.Sockets) {
		more, err := l.descriptors()
		descriptors = append(descriptors, more...)
		if err != nil {
			return m, descriptors, err
		}
	}
	return m, descriptors, nil
}

// gone is an error of reading as one word for the end.
func gone(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
		return io.EOF
	}
	return err
}

// descriptors takes those that come with one octet.
func (l *Line) descriptors() (list []int, err error) {
	octet, control := make([]byte, 1), make([]byte, syscall.CmsgSpace(4*atOnce))
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	_, n, _, _, err := l.conn.ReadMsgUnix(octet, control)
	if err != nil {
		return nil, gone(err)
	}
	messages, err := syscall.ParseSocketControlMessage(control[:n])
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		rights, err := syscall.ParseUnixRights(&m)
		if err != nil {
			return list, err
		}
		for _, fd := range rights {
			syscall.CloseOnExec(fd)
		}
		list = append(list, rights...)
	}
	if len(list) == 0 {
		return nil, errors.New("sockets were announced, and none came")
	}
	return list, nil
}

// Close ends the connection.
func (l *Line) Close() error { return l.conn.Close() }
