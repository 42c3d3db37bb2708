package cluster

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/hashicorp/memberlist"
)

// talk sends the heartbeats, asks for what is lacking, and notices when this node was away.
func (n *Node) talk(ctx context.Context, m *memberlist.Memberlist) {
	tick := time.NewTicker(n.options.Heartbeat / ticks)
	defer tick.Stop()
	joined := n.now() // when a member that this node may have missed was last looked for
	for i := 0; ; i++ {
		now := n.now()
		if n.facts.wasAway(now) {
			n.logger.Warn("this node was away for more than a second: stopped, swapped out or suspended")
			poke(n.again)
		}
		if i%ticks == 0 {
			n.beatIfReady()
			n.facts.tidy(now)
		}
		for _, q := range n.facts.questions(now) {
			// What is lost is asked again.
			m.SendBestEffort(recipient(q.name, q.to), q.msg)
		}
		if now.Sub(joined) > silence*n.options.Heartbeat && n.facts.stranger(joined) {
			joined = now
			poke(n.again)
		}
		n.turnKey(now)
		n.tell(now)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// beat sends a heartbeat.
func (n *Node) beat(leaving bool) {
	b := n.facts.say(leaving, n.now())
	msg := putBeat(begin(kindBeat), &b)
	n.spread(n.beats, "beat "+b.Name, msg)
	n.say(&n.said, msg)
}

// beatIfReady sends a heartbeat once this node has joined: before, it cannot know whether the name is its own.
func (n *Node) beatIfReady() {
	select {
	case <-n.ready:
		n.beat(false)
	default:
	}
}

// tell logs which members changed their state.
func (n *Node) tell(now time.Time) {
	for _, t := range n.facts.turns(now) {
		log := n.logger.With("member", t.name, "address", t.addr)
		if t.unread {
			log.Warn("member speaks another version of the gossip messages: it counts as alive, but its votes are not heard")
		}
		switch t.state {
		case Alive:
			log.Info("member is alive")
		case Suspect:
			log.Warn("member is silent")
		case Dead:
			log.Warn("member is dead")
		case Left:
			log.Info("member left")
		}
	}
}

// answerers is how many answers may be under way at a time.
const answerers = 4

// answer answers what members ask.
func (n *Node) answer(ctx context.Context, m *memberlist.Memberlist) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-n.asked:
			n.reply(m, a.From, func() []byte { return n.facts.answer(a, n.now()) })
		case a := <-n.compared:
			n.reply(m, a.From, func() []byte { return n.facts.answerNotes(&a, n.now()) })
		}
	}
}

// reply sends a member an answer, if there is one.
func (n *Node) reply(m *memberlist.Memberlist, name string, answer func() []byte) {
	to, ok := n.facts.address(name)
	if !ok {
		return
	}
	if msg := answer(); msg != nil {
		if err := m.SendReliable(recipient(name, to), msg); err != nil {
			n.logger.Debug("answer did not arrive", "member", name, "error", err)
		}
	}
}

func recipient(name string, addr netip.AddrPort) *memberlist.Node {
	return &memberlist.Node{Name: name, Addr: net.IP(addr.Addr().AsSlice()), Port: addr.Port()}
}

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
