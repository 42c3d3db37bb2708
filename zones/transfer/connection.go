package transfer

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/miekg/dns"

	"leeward/zones/tsig"
)

// Primary is a server that a zone is fetched from.
type Primary struct {
	Addr netip.AddrPort
	Key  *tsig.Key  // signs what is asked and what is answered; nil: nothing is signed
	From netip.Addr // what it is asked from; zero: as the routes lead
}

// dialer opens connections from an address, or, if that is zero, as the routes lead.
func dialer(network string, from netip.Addr) *net.Dialer {
	switch local := netip.AddrPortFrom(from, 0); {
	case !from.IsValid():
		return &net.Dialer{}
	case network == "udp":
		return &net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(local)}
	default:
		return &net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(local)}
	}
}

// exchange is one query and the messages of its answer.
type exchange struct {
	query  *query
	wire   []byte      // the query as it is sent
	signed *tsig.Query // nil: without TSIG
	begun  bool        // a message of the answer came
}

// asked begins an exchange.
func (p Primary) asked(q *query) *exchange {
	e := &exchange{query: q, wire: q.msg}
	if p.Key != nil {
		e.wire, e.signed = tsig.Ask(p.Key, q.msg, time.Now())
	}
	return e
}

// read takes the next message of the answer. What an unsigned message between signed ones says must not be used before
// the exchange has ended well.
func (e *exchange) read(msg []byte) (*message, error) {
	m, err := parse(msg)
	if err != nil {
		return nil, err
	}
	if e.signed != nil {
		err := e.signed.Verify(msg, time.Now())
		switch {
		case err != nil && m.rcode != dns.RcodeSuccess:
			return nil, fmt.Errorf("%w: %w", &refusal{m.rcode}, err)
		case err != nil:
			return nil, err
		}
	}
	if err := e.query.check(m, !e.begun); err != nil {
		return nil, err
	}
	e.begun = true
	return m, nil
}

// end says whether the whole answer is signed.
func (e *exchange) end() error {
	if e.signed == nil {
		return nil
	}
	return e.signed.Done()
}

// overUDP asks over UDP, and again should the answer not come. What is no answer to the query is passed over: anybody
// can send it.
func overUDP(ctx context.Context, p Primary, q *query, limit time.Duration) (*message, error) {
	conn, err := dialer("udp", p.From).DialContext(ctx, "udp", p.Addr.String())
	if err != nil {
		return nil, plain(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })()
	const tries = 3
	e := p.asked(q)
	buf := make([]byte, 1<<16)
	for range tries {
		if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
			return nil, plain(err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, err := conn.Write(e.wire); err != nil {
			return nil, plain(err)
		}
		m, err := e.fromUDP(conn, buf)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return m, plain(err)
		}
	}
	return nil, fmt.Errorf("%w within %s", errSilence, tries*limit)
}

// fromUDP reads until the answer comes.
func (e *exchange) fromUDP(conn net.Conn, buf []byte) (*message, error) {
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, err
		}
		if n < 2 || binary.BigEndian.Uint16(buf) != e.query.id {
			continue
		}
		return e.read(buf[:n])
	}
}

var (
	errSilence      = errors.New("no answer over UDP")
	errNoConnection = errors.New("no connection over TCP")
)

// past is a deadline that has passed: it wakes whoever reads or writes.
var past = time.Unix(1, 0)

// tcp is a connection on which one query is asked.
type tcp struct {
	*exchange
	conn   net.Conn
	in     *bufio.Reader
	limits Limits
	octets int64
	buf    []byte
	forget func() bool
}

// dial opens a connection and asks. It ends with the context.
func dial(ctx context.Context, p Primary, q *query, limits Limits) (*tcp, error) {
	d := dialer("tcp", p.From)
	d.Timeout = limits.Answer
	conn, err := d.DialContext(ctx, "tcp", p.Addr.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoConnection, plain(err))
	}
	t := &tcp{exchange: p.asked(q), conn: conn, limits: limits}
	t.in = bufio.NewReaderSize(patient{t}, 1<<16)
	t.forget = context.AfterFunc(ctx, func() { _ = conn.Close() })
	_ = conn.SetWriteDeadline(time.Now().Add(limits.Answer)) // an error stays, and the write gives it
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(t.wire))), t.wire...)); err != nil {
		t.close()
		return nil, plain(err)
	}
	return t, nil
}

func (t *tcp) close() {
	t.forget()
	_ = t.conn.Close() // nothing is waited for
}

// next reads the next message of the answer.
func (t *tcp) next() (*message, error) {
	var size [2]byte
	if _, err := io.ReadFull(t.in, size[:]); err != nil {
		return nil, t.why(err)
	}
	n := int(binary.BigEndian.Uint16(size[:]))
	if t.octets += int64(n) + 2; t.octets > t.limits.Octets {
		return nil, fmt.Errorf("more than %d octets", t.limits.Octets)
	}
	if cap(t.buf) < n {
		t.buf = make([]byte, max(n, 1<<14))
	}
	if _, err := io.ReadFull(t.in, t.buf[:n]); err != nil {
		return nil, t.why(err)
	}
	return t.read(t.buf[:n])
}

// why puts the end of a connection into words.
func (t *tcp) why(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection was closed in the middle")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("nothing came for %s", t.limits.Stall)
	}
	return plain(err)
}

// patient reads with a limit on each wait.
type patient struct{ *tcp }

func (p patient) Read(b []byte) (int, error) {
	if err := p.conn.SetReadDeadline(time.Now().Add(p.limits.Stall)); err != nil {
		return 0, err
	}
	return p.conn.Read(b)
}

// plain is an error of the network without the addresses, which are said elsewhere.
func plain(err error) error {
	if op, is := errors.AsType[*net.OpError](err); is {
		if op.Timeout() && op.Op == "dial" {
			return errors.New("it does not answer in time")
		}
		if sys, is := errors.AsType[*os.SyscallError](op.Err); is {
			return sys.Err
		}
		return op.Err
	}
	return err
}
