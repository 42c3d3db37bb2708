package cluster

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"leeward/steering"
)

// facts is all that a node knows. It does no I/O and calls nobody: memberlist's callbacks, which come with memberlist's
// lock held, may use it.
type facts struct {
	name, colo, version string
	incarnation         uint64
	heartbeat           time.Duration
	room                int           // octets of a message that a packet has room for
	changed             chan struct{} // one-slot poke

	mu        sync.Mutex
	counter   uint64 // of heartbeats sent
	sheet     *steering.Sheet
	large     bool // the own sheet does not fit a packet
	leaving   bool // this node says farewell
	inService bool // this node is sent queries, and nothing is wrong with it
	network   steering.Digest
	verdicts  steering.Digest
	key       Fingerprint // in use
	next      Fingerprint // zero: none
	zones     ZoneState
	peers     map[string]*peer
	overrides overrides
	notes     notes
	looked    time.Time // when notice was last called
	away      bool      // it noticed that this node was away, and nobody has been told
	strangers time.Time // when a heartbeat of no member last came

	askedOverrides, askedNotes time.Time // when they were last asked for
}

func newFacts(o *Options, room int) *facts {
	now := o.Now()
	f := &facts{
		name: o.Name, colo: o.Colo, version: o.Version,
		incarnation: uint64(now.UnixNano()),
		heartbeat:   o.Heartbeat,
		room:        room,
		changed:     make(chan struct{}, 1),
		network:     o.NetworkDigest,
		peers:       map[string]*peer{},
		overrides:   overrides{},
	}
	f.sheet = &steering.Sheet{Observer: f.name, Colo: f.colo, Incarnation: f.incarnation}
	f.overrides.merge(o.Overrides, now)
	f.notes.recall(o.Notes, now)
	return f
}

func (f *facts) poke() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// publish makes the own sheet of the votes and gives it, or nil if the votes are the same as before.
func (f *facts) publish(votes []steering.Vote, demand steering.Demand, load steering.Load) *steering.Sheet {
	votes, demand = canonical(votes), loudest(demand)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sheet.Number > 0 && sameVotes(f.sheet.Votes, votes) && f.sheet.Load == load &&
		f.sheet.Demand.Map == demand.Map && slices.Equal(f.sheet.Demand.Regions, demand.Regions) {
		return nil
	}
	next := *f.sheet
	next.Number++
	next.Votes, next.Demand, next.Load = votes, demand, load
	f.sheet = &next
	f.large = len(putSheet(begin(kindSheet), f.sheet)) > f.room
	f.poke()
	return f.sheet
}

// say makes the next own heartbeat.
func (f *facts) say(leaving bool, now time.Time) beat {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counter++
	f.leaving = f.leaving || leaving
	f.overrides.forget(now)
	f.forgetNotes(now)
	return f.word(now)
}

func (f *facts) word(now time.Time) beat {
	return beat{
		Name: f.name, Incarnation: f.incarnation, Counter: f.counter, Number: f.sheet.Number,
		Leaving: f.leaving, Large: f.large, Ready: f.inService,
		Network: f.network, Verdicts: f.verdicts, Overrides: f.overrides.digest(), Notes: f.notes.digest(),
		Key: f.key, Next: f.next, Wall: now.UnixMilli(), Zones: f.zones,
	}
}

// hear takes in a heartbeat that came with an age, and says whether it was news.
func (f *facts) hear(b *beat, age time.Duration, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.peers[b.Name]
	if !ok {
		if b.Name != f.name && age == 0 && !b.Leaving {
			f.strangers = now
		}
		return false
	}
	at := now.Add(-age)
	if !p.welcomes(b, now, silence*f.heartbeat) {
		return false
	}
	news := now.Sub(p.named) > 2*f.heartbeat || !p.beat.Zones.equal(&b.Zones)
	p.hear(b, at)
	if age == 0 {
		p.clock.add(time.UnixMilli(b.Wall).Sub(now))
	}
	f.compare(p, now)
	if news {
		f.poke()
	}
	return true
}

// adopt takes in a sheet and says whether it was news.
func (f *facts) adopt(s *steering.Sheet) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.peers[s.Observer]
	if !ok || !p.adopt(s) {
		return false
	}
	f.poke()
	return true
}

// merge takes in overrides and gives those that were news.
func (f *facts) merge(list []steering.Override, now time.Time) []steering.Override {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.overrides.merge(list, now)
	if len(taken) > 0 {
		f.poke()
	}
	return taken
}

// issue makes an override given at this node.
func (f *facts) issue(o steering.Override, now time.Time) (steering.Override, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.overrides.forget(now)
	o, err := f.overrides.issue(o, f.name, now)
	if err != nil {
		return o, err
	}
	f.overrides[o.Place] = o
	f.poke()
	return o, nil
}

// setReady says whether that is news.
func (f *facts) setReady(ready bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	news := f.inService != ready
	f.inService = ready
	return news
}

func (f *facts) setDigests(network, verdicts steering.Digest, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.network, f.verdicts = network, verdicts
	for _, p := range f.peers {
		f.compare(p, now)
	}
}

// sheets gives the own sheet and those of all members of which a heartbeat was heard.
func (f *facts) sheets(now time.Time) []steering.Heard {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notice(now)
	list := []steering.Heard{{Sheet: f.sheet}}
	for _, p := range f.sorted() {
		if p.sheet != nil && !p.named.IsZero() {
			list = append(list, steering.Heard{Sheet: p.sheet, Age: now.Sub(p.named)})
		}
	}
	return list
}

func (f *facts) sorted() []*peer {
	return slices.SortedFunc(maps.Values(f.peers), func(a, b *peer) int { return cmp.Compare(a.name, b.name) })
}

func (f *facts) members(self []netip.AddrPort, now time.Time) []Member {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notice(now)
	own := f.notes.digest()
	list := []Member{{
		Name: f.name, Colo: f.colo, Addr: self[0], Addrs: self, State: Alive,
		NetworkDigest: f.network, VerdictDigest: f.verdicts, Version: f.version, Ready: f.inService, SheetNumber: f.sheet.Number, Zones: f.zones,
	}}
	for _, p := range f.peers {
		list = append(list, Member{
			Name: p.name, Colo: p.meta.Colo, Addr: p.addrs[0], Addrs: p.addrs,
			State: p.state(now, f.heartbeat), HeartbeatAge: now.Sub(later(p.heard, p.joined)),
			NetworkDigest: p.beat.Network, VerdictDigest: p.beat.Verdicts, Version: p.meta.Version, Ready: p.beat.Ready,
			SheetNumber: p.beat.Number, SheetAge: p.sheetAge(now),
			Differs: p.differing(now), ClockSkew: p.clock.skew(), DNS: p.dns(), Zones: p.beat.Zones,
			OtherNotes: p.beat.Notes != own,
		})
	}
	slices.SortFunc(list, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func (f *facts) listOverrides(now time.Time) []steering.Override {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.overrides.forget(now)
	return f.overrides.list()
}
