package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"leeward/steering"
)

// Handover is what another process needs to go on as this node: the others see no end and no beginning. It may travel as
// JSON, but for the sockets.
type Handover struct {
	Sockets Sockets          `json:"-"` // none without gossip. They are the receiver's
	State   []byte           `json:"state"`
	Peers   []netip.AddrPort `json:"peers"` // living members
}

// suspension is the wish to end the session.
type suspension struct{ handed chan suspended }

type suspended struct {
	handover Handover
	err      error
}

// errSuspended ends a session that another process goes on with.
var errSuspended = errors.New("the gossip is handed over")

// Suspend ends this node's gossip without a farewell, and gives what another process needs to go on with it. Nothing that
// comes to the sockets is lost, it waits for who goes on. Until Resume this node hears nothing, and nobody hears it.
func (n *Node) Suspend(ctx context.Context) (Handover, error) {
	if n.options.alone() {
		return n.handover(), nil
	}
	wish := suspension{make(chan suspended, 1)}
	select {
	case n.suspending <- wish:
	case <-ctx.Done():
		return Handover{}, ctx.Err()
	}
	select {
	case s := <-wish.handed:
		return s.handover, s.err
	case <-ctx.Done():
		return Handover{}, ctx.Err()
	}
}

// Resume goes on after Suspend: nobody has gone on in this node's place.
func (n *Node) Resume() {
	if n.options.alone() {
		return
	}
	n.facts.leap()
	poke(n.resuming)
}

// handover is what there is to hand over, but for the sockets.
func (n *Node) handover() Handover {
	h := Handover{State: putState(begin(kindState), n.facts.export(n.now()))}
	living, _ := n.facts.known(n.now())
	for _, m := range living {
		h.Peers = append(h.Peers, m.addr)
	}
	return h
}

// handOver ends a session for another process, with sockets both for it and for a session to come.
func (n *Node) handOver(t transport, end func()) suspended {
	keep, err := t.duplicates()
	give, err2 := t.duplicates()
	if err := errors.Join(err, err2); err != nil {
		keep.close()
		give.close()
		return suspended{err: fmt.Errorf("handing over the gossip: %w", err)}
	}
	end()
	n.options.Sockets = keep
	h := n.handover()
	n.former = h.Peers
	h.Sockets = give
	return suspended{handover: h}
}

// rests waits until the node is to go on, and says whether it is; else the context has ended.
func (n *Node) rests(ctx context.Context) bool {
	select {
	case <-n.resuming:
		return true
	case <-ctx.Done():
		n.options.Sockets.close()
		return false
	}
}

// export gives what is this node's own, and what it must not lose if nobody else is there.
func (f *facts) export(now time.Time) *state {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.overrides.forget(now)
	f.forgetNotes(now)
	return &state{Heard: []heard{{Beat: f.word(now)}}, Sheets: []*steering.Sheet{f.sheet}, Overrides: f.overrides.list(), Notes: f.notes.all()}
}

// resume goes on from what a process of this node handed over: its incarnation, and its sheet until there is a newer one.
// What another version of the program, or a node of another name, handed over is left aside: this is a start like others.
func (f *facts) resume(msg []byte, now time.Time) error {
	if msg == nil {
		return nil
	}
	k, r, err := open(msg)
	if err != nil {
		return err
	}
	if k != kindState {
		return errBounds
	}
	s := r.state()
	if err := r.end(); err != nil {
		return err
	}
	if len(s.Heard) != 1 || len(s.Sheets) != 1 || s.Heard[0].Beat.Name != f.name {
		return errors.New("it is another node's")
	}
	beat, sheet := &s.Heard[0].Beat, s.Sheets[0]
	f.incarnation, f.counter = beat.Incarnation, beat.Counter
	f.sheet = sheet
	f.sheet.Colo = f.colo
	f.overrides.merge(s.Overrides, now)
	f.notes.recall(s.Notes, now)
	return nil
}

// leap passes over the numbers that another process may have used in this node's place.
func (f *facts) leap() {
	const far = 1 << 20
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counter += far
	next := *f.sheet
	next.Number += far
	f.sheet = &next
}
