package cluster

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"

	"leeward/steering"
)

// Node is this node's part in the cluster. Without gossip it is a cluster of its own: it has its own sheet and its own
// overrides and notes, and is the only member. All methods may be called at any time, by several goroutines.
type Node struct {
	options    Options
	now        func() time.Time
	logger     *slog.Logger
	facts      *facts
	news       *memberlist.TransmitLimitedQueue // sheets and overrides
	beats      *memberlist.TransmitLimitedQueue // heartbeats
	notes      *memberlist.TransmitLimitedQueue // notes
	ready      chan struct{}
	asked      chan ask
	compared   chan askNotes
	rivals     chan rival
	again      chan struct{} // one-slot poke: join now
	saying     chan struct{} // one-slot poke: there is something to announce
	suspending chan suspension
	resuming   chan struct{}          // one-slot poke
	former     []netip.AddrPort       // members of the session before, to be joined at once
	noted      chan []byte            // own notes, until they are announced
	published  atomic.Pointer[[]byte] // the newest own sheet, until it is announced
	said       atomic.Pointer[[]byte] // the newest own heartbeat, likewise
	packets    atomic.Uint64          // of broadcasts
	addrs      atomic.Pointer[[]netip.AddrPort]
	ring       *ring
	joins      bool // peers are configured
	refused    refusals
	dropped    atomic.Uint64
}

// New checks the options. It opens nothing.
func New(o Options) (*Node, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.setDefaults()
	n := &Node{
		options:    o,
		now:        o.Now,
		logger:     o.Logger,
		joins:      len(o.Join) > 0,
		facts:      newFacts(&o, packetSize-overhead),
		ready:      make(chan struct{}),
		asked:      make(chan ask, 64),
		compared:   make(chan askNotes, 64),
		noted:      make(chan []byte, 64),
		rivals:     make(chan rival, 16),
		again:      make(chan struct{}, 1),
		saying:     make(chan struct{}, 1),
		suspending: make(chan suspension),
		resuming:   make(chan struct{}, 1),
		former:     o.Resume.Peers,
	}
	if err := n.facts.resume(o.Resume.State, o.Now()); err != nil {
		n.logger.Warn("what the former process of this node handed over is not understood: its votes come anew", "error", err)
	}
	n.news = newQueue(sendNews, func() int { return max(n.facts.size(), newsSize) })
	n.notes = newQueue(sendNews, func() int { return max(n.facts.size(), newsSize) })
	n.beats = newQueue(sendBeats, func() int { return beatSize(n.facts.size()) })
	n.ring = newRing(n.facts, o.Keys, o.Next)
	n.addrs.Store(&o.Advertise)
	return n, nil
}

// leaveTimeout bounds the farewell.
const leaveTimeout = time.Second

// Run takes part in the cluster until the context ends, then says farewell, for at most a second, and waits for all it
// started. It may be called once.
//
// It ends by itself when it cannot listen, with a *NameError when a node of the same name runs already, and with a
// *KeyError when at the start every peer that answered uses another gossip key. Peers that do not answer are tried again
// for ever.
func (n *Node) Run(ctx context.Context) error {
	if n.options.alone() {
		close(n.ready)
		<-ctx.Done()
		return nil
	}
	for {
		if err := n.session(ctx); err != errSuspended {
			return err
		}
		if !n.rests(ctx) {
			return nil
		}
	}
}

// session takes part in the cluster until the context ends, or this node is suspended.
func (n *Node) session(ctx context.Context) error {
	t, self, err := n.listen(ctx)
	if err != nil {
		return err
	}
	n.addrs.Store(&self)
	m, err := memberlist.Create(n.config(t, self[0]))
	if err != nil {
		t.Shutdown()
		return err
	}
	parent := ctx
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var all sync.WaitGroup
	defer all.Wait()
	defer m.Shutdown() // breaks off what is still being joined or answered
	var talk sync.WaitGroup
	talk.Go(func() { n.talk(ctx, m) })
	all.Go(func() { n.announce(ctx, m) })
	for range answerers {
		all.Go(func() { n.answer(ctx, m) })
	}
	all.Go(func() { end((&joiner{Node: n, list: m}).run(ctx, &all)) })

	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case wish := <-n.suspending:
			s := n.handOver(t, func() {
				end(errSuspended)
				m.Shutdown() // breaks off what would be waited for
				talk.Wait()
				all.Wait()
			})
			wish.handed <- s
			if s.err == nil {
				return errSuspended
			}
		}
	}
	talk.Wait()
	if err := context.Cause(ctx); err != context.Cause(parent) {
		return err // no farewell: in a name that is another's it would make that one leave
	}
	n.farewell(m)
	return nil
}

// farewell tells the others that this node leaves, if it ever became one of them.
func (n *Node) farewell(m *memberlist.Memberlist) {
	select {
	case <-n.ready:
	default:
		return
	}
	n.beat(true)
	if err := m.Leave(leaveTimeout); err != nil {
		n.logger.Debug("the others will have to find out that this node left", "error", err)
	}
}

// getReady says that the node is ready, if that is not said yet. Only the session calls it.
func (n *Node) getReady() {
	select {
	case <-n.ready:
	default:
		close(n.ready)
	}
}

// Ready is closed once the first exchange with a peer has happened, or it is clear that none will: there are no peers,
// or none answers now.
func (n *Node) Ready() <-chan struct{} { return n.ready }

// Addr is the first address at which peers reach this node; zero, or as configured, until Run listens.
func (n *Node) Addr() netip.AddrPort { return n.ownAddrs()[0] }

func (n *Node) ownAddrs() []netip.AddrPort {
	if list := *n.addrs.Load(); len(list) > 0 {
		return list
	}
	return make([]netip.AddrPort, 1)
}

// Refused is how many packets and streams were not taken, by cause.
func (n *Node) Refused() Refusals { return n.refused.read() }

// Dropped is how many messages of members were not understood: of another format version, or broken.
func (n *Node) Dropped() uint64 { return n.dropped.Load() }

// Publish makes the votes this node's sheet, with what it was asked for and how loaded its colo is. Only what differs from
// before makes a new one. Votes beyond 3000, by target, regions beyond 500, those that ask the least, and details beyond 64
// octets are cut off.
func (n *Node) Publish(votes []steering.Vote, demand steering.Demand, load steering.Load) {
	if s := n.facts.publish(votes, demand, load); s != nil {
		msg := putSheet(begin(kindSheet), s)
		n.spread(n.news, "sheet "+s.Observer, msg)
		n.say(&n.published, msg)
		n.beatIfReady()
	}
}

// SetDigests sets the digests that heartbeats carry for the status of the others.
func (n *Node) SetDigests(network, verdicts steering.Digest) {
	n.facts.setDigests(network, verdicts, n.now())
}

// SetReady says whether this node is sent queries, and finds nothing wrong with itself. The others hear of a change at once.
func (n *Node) SetReady(ready bool) {
	if n.facts.setReady(ready) {
		n.beatIfReady()
	}
}

// Sheets gives this node's own sheet, first and of age 0, and those of all other members, by name. The sheets of members
// that left or died stay for a minute, growing old.
func (n *Node) Sheets() []steering.Heard { return n.facts.sheets(n.now()) }

// Members gives all members by name, also those that left or died, this node among them.
func (n *Node) Members() []Member { return n.facts.members(n.ownAddrs(), n.now()) }

// Overrides gives the newest override of every place, by place, ended ones and tombstones too. They are what a node
// keeps on disk and is given again at its start.
func (n *Node) Overrides() []steering.Override { return n.facts.listOverrides(n.now()) }

// Override takes an operator's order: it gets the next version of its place, and this node as issuer, and goes to all
// members. An error says what is wrong with it.
func (n *Node) Override(o steering.Override) error {
	o, err := n.facts.issue(o, n.now())
	if err != nil {
		return err
	}
	n.spread(n.news, "override "+string(o.Place), putOverrides(begin(kindOverride), []steering.Override{o}))
	n.beatIfReady()
	return nil
}

// Changed gives a poke when a sheet, a member, an override or a note has changed, or a silent member is heard again. Several
// changes may make one poke, so it is for one receiver, who then looks at everything.
func (n *Node) Changed() <-chan struct{} { return n.facts.changed }
