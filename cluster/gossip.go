package cluster

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/hashicorp/memberlist"
)

// The largest packet, UDP payload in octets: it crosses every path with an IPv6 MTU (1280) unfragmented. What memberlist
// puts around a message in it: a checksum, which it does not count itself, head and length of a compound, its own type
// octet, and the cost of encryption.
const (
	packetSize = 1232
	checksum   = 5
	overhead   = checksum + 2 + 2 + 1 + 29
)

// How often each node sends a broadcast: so many times the digits of a number of members. For news (sheets, overrides) that
// is at least newsSize: 12 sends. News must not miss a node, for its repair waits for the next heartbeat: of six nodes,
// with three told in a round, 3 sends a node left one out in a few of a hundred cases, 8 in one of 40,000. Heartbeats go to
// everybody straight, and are broadcast for those whom the packet does not reach: 6 sends, for two missed in a row make
// votes stale; but 3 in a cluster of more than fewNodes, where more of them find no room in the packets.
const (
	sendNews  = 4
	newsSize  = 999
	sendBeats = 3
	fewNodes  = 99
)

// beatSize is the number whose digits count for heartbeats.
func beatSize(members int) int {
	if members <= fewNodes {
		return 99
	}
	return 9
}

// broadcast is a message in the queue. A newer one of the same name takes its place.
type broadcast struct {
	name string
	msg  []byte
}

func (b broadcast) Name() string    { return b.name }
func (b broadcast) Message() []byte { return b.msg }
func (b broadcast) Finished()       {}

// Invalidates is required by memberlist, which compares names itself.
func (b broadcast) Invalidates(other memberlist.Broadcast) bool {
	o, ok := other.(broadcast)
	return ok && o.name == b.name
}

// spread queues a message, unless it is too large: memberlist would hold it for ever and never send it.
func (n *Node) spread(queue *memberlist.TransmitLimitedQueue, name string, msg []byte) {
	if !n.options.alone() && len(msg) <= n.facts.room {
		queue.QueueBroadcast(broadcast{name, msg})
	}
}

// delegate is what memberlist calls. Some of the calls come with memberlist's lock held: they copy into the facts, poke
// and return, and call nothing of memberlist.
type delegate struct{ n *Node }

func (d delegate) NodeMeta(int) []byte {
	f := d.n.facts
	return putMeta(nil, &meta{Incarnation: f.incarnation, Colo: f.colo, Version: f.version, Addrs: d.n.ownAddrs(), DNS: d.n.options.DNS})
}

// GetBroadcasts fills a packet: every other one with news first, and the rest with heartbeats first. After a failure that
// many nodes see at once there is more news than room for seconds; without heartbeats all votes would grow stale, and
// nobody would learn what he missed. Notes may wait: they have what room is left, and one packet of eight first, for where
// there are many heartbeats a large one finds no room elsewhere.
func (d delegate) GetBroadcasts(overhead, limit int) (msgs [][]byte) {
	news, beats, notes := d.n.news, d.n.beats, d.n.notes
	order := [...]*memberlist.TransmitLimitedQueue{news, beats, notes}
	switch turn := d.n.packets.Add(1); {
	case turn%8 == 0:
		order = [...]*memberlist.TransmitLimitedQueue{notes, beats, news}
	case turn%2 == 0:
		order = [...]*memberlist.TransmitLimitedQueue{beats, news, notes}
	}
	for _, q := range order {
		for _, m := range q.GetBroadcasts(overhead, limit) {
			limit -= overhead + len(m)
			msgs = append(msgs, m)
		}
	}
	return msgs
}

func (d delegate) LocalState(bool) []byte {
	return putState(begin(kindState), d.n.facts.state(d.n.now()))
}

func (d delegate) MergeRemoteState(msg []byte, _ bool) {
	k, r, err := open(msg)
	if err == nil && k == kindState {
		s := r.state()
		if err = r.end(); err == nil {
			d.n.facts.learn(s, d.n.now())
			return
		}
	}
	d.n.dropped.Add(1)
}

func (d delegate) NotifyMsg(msg []byte) {
	if err := d.n.receive(msg); err != nil {
		d.n.dropped.Add(1)
	}
}

// receive takes in a message, and hands it on if it was broadcast and news.
func (n *Node) receive(msg []byte) error {
	k, r, err := open(msg)
	if err != nil {
		return err
	}
	now, name, queue := n.now(), "", n.news
	switch k {
	case kindBeat:
		b := r.beat()
		if err := r.end(); err != nil {
			return err
		}
		if n.facts.hear(&b, 0, now) {
			name, queue = "beat "+b.Name, n.beats
		}
	case kindSheet, kindAnswer:
		s := r.sheet()
		if err := r.end(); err != nil {
			return err
		}
		if n.facts.adopt(s) && k == kindSheet {
			name = "sheet " + s.Observer
		}
	case kindOverride, kindOverrides:
		list := r.overrides()
		if err := r.end(); err != nil {
			return err
		}
		if taken := n.facts.merge(list, now); len(taken) > 0 && k == kindOverride {
			name = "override " + string(taken[0].Place)
		}
	case kindNote, kindNotes:
		list := r.notes()
		if err := r.end(); err != nil {
			return err
		}
		if taken := n.facts.mergeNotes(list, now); len(taken) > 0 && k == kindNote {
			name, queue = taken[0].name(), n.notes
		}
	case kindAskNotes:
		a := r.askNotes()
		if err := r.end(); err != nil {
			return err
		}
		select {
		case n.compared <- a:
		default: // it will ask again
		}
	case kindAsk:
		a := r.ask()
		if err := r.end(); err != nil {
			return err
		}
		select {
		case n.asked <- a:
		default: // it will ask again
		}
	default:
		return fmt.Errorf("message of unknown kind %d", k)
	}
	if name != "" {
		n.spread(queue, name, append([]byte(nil), msg...))
	}
	return nil
}

func addrPort(ip net.IP, port uint16) netip.AddrPort {
	addr, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr.Unmap(), port)
}

// config is memberlist's. It departs from the LAN defaults so that a change reaches tens of nodes in 0.2 to 0.3 s, and a
// killed node is dead after about 5 s.
func (n *Node) config(t *paths, self netip.AddrPort) *memberlist.Config {
	d := delegate{n}
	c := memberlist.DefaultLANConfig()
	c.Name = n.options.Name
	c.Transport = t
	c.BindAddr, c.BindPort = n.options.Listen.Addr().String(), int(self.Port())
	c.AdvertiseAddr, c.AdvertisePort = self.Addr().String(), int(self.Port())
	c.Delegate, c.Events, c.Conflict, c.Merge, c.Alive = d, d, d, d, d
	c.Logger = n.memberlistLogger()

	c.UDPBufferSize = packetSize - checksum
	c.EnableCompression = false // costs 64 KiB of garbage a packet, and makes sizes unforeseeable
	c.GossipInterval = n.options.Gossip
	c.SuspicionMult, c.SuspicionMaxTimeoutMult = 3, 3
	c.TCPTimeout = streamTimeout
	// A node that was killed may come back at another address as soon as the others have declared the old one dead.
	c.DeadNodeReclaimTime = time.Nanosecond

	c.Keyring = n.ring.list
	if len(n.options.Allow) > 0 {
		c.CIDRsAllowed = append(c.CIDRsAllowed, ipNet(netip.PrefixFrom(self.Addr(), self.Addr().BitLen())))
	}
	for _, p := range n.options.Allow {
		c.CIDRsAllowed = append(c.CIDRsAllowed, ipNet(p))
	}
	return c
}

// streamTimeout bounds every exchange over a stream.
const streamTimeout = 2 * time.Second

func ipNet(p netip.Prefix) net.IPNet {
	return net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
