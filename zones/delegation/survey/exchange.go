package survey

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// maxMessage is the most that a message can have, in octets.
const maxMessage = 1<<16 - 1

// exchange sends a query over UDP, again if no answer comes, and over TCP if the answer is truncated.
func (s *Survey) exchange(ctx context.Context, to netip.AddrPort, query *dns.Msg) delegation.Reply {
	var reply delegation.Reply
	for range tries {
		if reply = s.overUDP(ctx, to, query); reply.Msg != nil {
			break
		}
	}
	if reply.Msg == nil || !reply.Msg.Truncated {
		return reply
	}
	replies, _ := s.overTCP(ctx, to, []*dns.Msg{query}) // the reply has the error
	replies[0].From = reply.From
	return replies[0]
}

// overUDP sends a query and takes the first answer to it, wherever it comes from: one from another address than the
// one asked is a fault that a connected socket would hide.
func (s *Survey) overUDP(ctx context.Context, to netip.AddrPort, query *dns.Msg) delegation.Reply {
	m := query.Copy()
	m.Id = dns.Id()
	packed, err := m.Pack()
	if err != nil {
		return delegation.Reply{Err: err.Error()}
	}
	network := "udp4"
	if to.Addr().Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, nil)
	if err != nil {
		return delegation.Reply{Err: s.cause(err)}
	}
	defer conn.Close()
	defer s.interrupt(ctx, conn)()
	if _, err := conn.WriteToUDPAddrPort(packed, to); err != nil {
		return delegation.Reply{Err: s.cause(err)}
	}
	buf := make([]byte, maxMessage)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return delegation.Reply{Err: s.cause(err)}
		}
		if answer := answerTo(m, buf[:n]); answer != nil {
			return delegation.Reply{Msg: answer, From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
		}
	}
}

// overTCP sends queries over one connection without waiting between them, and takes the answers in any order. The
// error is that of the connection; each reply without a message has its own.
func (s *Survey) overTCP(ctx context.Context, to netip.AddrPort, queries []*dns.Msg) ([]delegation.Reply, error) {
	replies := make([]delegation.Reply, len(queries))
	dialer := net.Dialer{Timeout: s.Patience}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		for i := range replies {
			replies[i].Err = s.cause(err)
		}
		return replies, err
	}
	defer conn.Close()
	defer s.interrupt(ctx, conn)()
	var stream []byte
	sent := make([]*dns.Msg, len(queries))
	for i, query := range queries {
		sent[i] = query.Copy()
		sent[i].Id = dns.Id()&^7 | uint16(i&7) // distinct
		packed, err := sent[i].Pack()
		if err != nil {
			return replies, err
		}
		stream = append(binary.BigEndian.AppendUint16(stream, uint16(len(packed))), packed...)
	}
	_, err = conn.Write(stream)
	for missing := len(sent); err == nil && missing > 0; {
		var octets []byte
		if octets, err = readMessage(conn); err != nil {
			break
		}
		for i := range sent {
			if answer := answerTo(sent[i], octets); answer != nil && replies[i].Msg == nil {
				replies[i].Msg = answer
				missing--
			}
		}
	}
	for i := range replies {
		if replies[i].Msg == nil {
			replies[i].Err = s.cause(err)
		}
	}
	return replies, nil
}

func readMessage(from io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	octets := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(from, octets)
	return octets, err
}

// answerTo is the message in octets if it answers the query, else nil. An answer to a header alone, and an error, may
// come without a question.
func answerTo(query *dns.Msg, octets []byte) *dns.Msg {
	m := new(dns.Msg)
	if err := m.Unpack(octets); err != nil || !m.Response || m.Id != query.Id {
		return nil
	}
	if len(m.Question) == 0 {
		return m
	}
	if len(query.Question) == 0 || !strings.EqualFold(m.Question[0].Name, query.Question[0].Name) ||
		m.Question[0].Qtype != query.Question[0].Qtype {
		return nil
	}
	return m
}

// interrupt bounds what is read from a connection by the patience for one answer, and by the context.
func (s *Survey) interrupt(ctx context.Context, conn net.Conn) (done func() bool) {
	_ = conn.SetDeadline(time.Now().Add(s.Patience)) // an open socket takes it
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// cause says in a few words why there was no answer.
func (s *Survey) cause(err error) string {
	var call *os.SyscallError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("none within %s", s.Patience)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	case errors.As(err, &call):
		return call.Err.Error()
	}
	return err.Error()
}
