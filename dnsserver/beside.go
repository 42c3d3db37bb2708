package dnsserver

import (
	"context"
	"errors"
	"slices"
	"time"
)

// How many transfers there are at once: of those that take more than one message over all connections, of any on one
// connection; and how long one waits for room before it is refused.
const (
	maxTransfers       = 16
	maxTransfersBeside = 4
	patienceForRoom    = 5 * time.Second
)

// ahead is how many octets the system takes for a client beforehand, about: with more, a slow client's connection could
// stand still for longer than it may.
const ahead = 256 << 10

// asksTransfer says whether a message is a query for a transfer.
func asksTransfer(msg []byte) bool {
	if len(msg) < headerSize || get16(msg, 2)&(flagQR|0xF<<11) != 0 || get16(msg, 4) != 1 {
		return false
	}
	end := skipName(msg, headerSize, false)
	if end < 0 || end+4 > len(msg) {
		return false
	}
	qtype := get16(msg, end)
	return qtype == typeAXFR || qtype == typeIXFR
}

// beside answers a query for a transfer while the conversation goes on. When there are as many as may be, it waits for one
// of them to end.
func (c *conversation) beside(ctx context.Context, msg []byte) bool {
	if c.transfers == nil {
		c.transfers = make(chan struct{}, maxTransfersBeside)
	}
	select {
	case c.transfers <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	if tap := c.Server.tap.Load(); tap != nil {
		c.show(tap, msg, nil, c.Server.View(), time.Now())
	}
	msg = slices.Clone(msg)
	c.running.Go(func() {
		defer func() { <-c.transfers }()
		if c.give(ctx, msg) != nil {
			_ = c.conn.Close() // what the client has of it is worth nothing, and only this tells
		}
	})
	return true
}

var errDefect = errors.New("a defect")

// give sends the messages of a transfer. It takes its turn at the work of making them, and lets others have theirs while a
// message is on its way.
func (c *conversation) give(ctx context.Context, msg []byte) (err error) {
	buf := buffers.Get().(*buffer)
	defer buffers.Put(buf)
	holds := false
	defer func() {
		if holds {
			<-c.Transports.transfers
		}
	}()
	c.turns <- struct{}{}
	defer func() {
		<-c.turns
		if defect := recover(); defect != nil {
			c.defect(defect, msg, c.client)
			err = errDefect
		}
	}()
	return c.Server.stream(msg, c.client.Unmap(), TCP, buf[:0], sink{
		more: func() bool {
			c.letOthers(func() { holds = c.room(ctx) })
			return holds && c.conn.SetWriteBuffer(ahead) == nil
		},
		send: func(msg []byte) (err error) {
			c.letOthers(func() { err = c.say(msg) })
			return err
		},
	})
}

// letOthers gives the turn away for as long as f takes.
func (t *Transports) letOthers(f func()) {
	<-t.turns
	defer func() { t.turns <- struct{}{} }()
	f()
}

// room waits until there is room for another transfer, or says that there is none.
func (c *conversation) room(ctx context.Context) bool {
	late := time.NewTimer(patienceForRoom)
	defer late.Stop()
	select {
	case c.Transports.transfers <- struct{}{}:
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

// say sends one message of a transfer at once. Nobody else speaks before the client has taken it.
func (c *conversation) say(msg []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.conns.writes(c.place, c.Idle) {
		return errEnded
	}
	if err := c.send(); err != nil {
		return err
	}
	c.write(msg)
	return c.send()
}
