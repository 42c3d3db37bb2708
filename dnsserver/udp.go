package dnsserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
)

// Sockets is how the UDP sockets of a listener are made and used. The zero value needs no tuning.
type Sockets struct {
	Count         int // that share the port, each with a loop of its own; 0: one for each processor. One where none can share
	Batch         int // queries taken from a socket at a time, at the most; 0: 32. One where the system has no such call
	ReceiveBuffer int // octets of queries that wait for their turn on one socket; 0: 1 MiB, or what the system allows

	UDP, TCP []int // descriptors of sockets that are open at the address, which Listen takes over; none: it opens them
}

// batch is the default of Sockets.Batch: with fewer the calls show, with more the answers come in gusts that clients fall
// asleep between.
const batch = 32

// receiveBuffer is the default of Sockets.ReceiveBuffer: what comes in some 20 ms at full load. What Linux gives by itself is
// full after 190 queries, less than come while a loop waits for a processor that is busy with other work.
const receiveBuffer = 1 << 20

// between is how many exchanges there are at most between two times that a loop yields. The runtime takes the processor
// from whoever has not yielded for 10 ms, and if that is found in a system call, as a loop nearly always is, takes it
// again at every look from then on, 20 microseconds apart: that costs a fifth of all time. So a loop yields by itself.
const between = 16

// serveUDP answers what comes in on one socket.
func (t *Transports) serveUDP(ctx context.Context, l *Listener, s *udpSocket) error {
	d, err := newDatagrams(s, cmp.Or(l.sockets.Batch, batch))
	if err != nil {
		return fmt.Errorf("UDP %s: %w", l.addr, err)
	}
	w := &watch{datagrams: d, addr: l.addr, latency: t.Server.latencies.of(UDP)}
	failed := 0
	for turn := uint32(1); ; turn++ {
		s.turn.Store(turn)
		if turn%between == 0 {
			runtime.Gosched()
		}
		taken, lost, err := d.exchange()
		if lost > 0 {
			t.Server.counts.dropped[dropSend].Add(uint64(lost))
		}
		switch {
		case ctx.Err() != nil:
			t.take(w, taken, false) // those in hand
			t.send(d)
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("UDP %s: %w", l.addr, err)
		case err != nil:
			// A shortage of memory passes; a socket that does nothing else for a second is broken.
			if failed++; failed > 100 {
				return fmt.Errorf("UDP %s: %w", l.addr, err)
			}
			pause(ctx)
			continue
		}
		failed = 0
		t.take(w, taken, turn%between == 0)
	}
}

// take answers the queries that were taken. It is watched now and then for the time that it takes, and always while there is
// a tap.
func (t *Transports) take(w *watch, taken int, measured bool) {
	tap := t.Server.tap.Load()
	if taken > 0 && (measured || tap != nil) {
		t.answerWatched(w, taken, measured, tap)
		return
	}
	t.answerAll(w.datagrams, taken, nil)
}

// answerAll answers the queries that were taken, and has them noted if somebody watches.
func (t *Transports) answerAll(d *datagrams, taken int, watched *watch) {
	for i := range taken {
		msg, sender := d.query(i)
		msg, client, ok := t.unwrap(msg, sender)
		if !ok {
			continue
		}
		reply := t.answer(msg, client, UDP, d.room())
		if watched != nil {
			watched.note(i, msg, client, reply)
		}
		if len(reply) > 0 {
			d.answer(i, reply)
		}
	}
}

// send has the answers leave.
func (t *Transports) send(d *datagrams) { t.Server.counts.dropped[dropSend].Add(uint64(d.send())) }
