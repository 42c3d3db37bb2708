package cluster

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

// joiner joins peers: at the start, and every now and then those that are not members, for memberlist forgets the dead
// and a partition would outlast it.
type joiner struct {
	*Node
	list    *memberlist.Memberlist
	double  bool                      // the others may still know another node of this name
	failing map[netip.AddrPort]string // why peers could not be joined, as logged
	warned  map[rival]bool            // rivals logged
	deaf    map[string]bool           // names logged as not resolving
}

// attempt is what came of joining one peer.
type attempt struct {
	peer target
	err  error
}

// run joins until the context ends. It ends by itself only with an error.
func (j *joiner) run(ctx context.Context, all *sync.WaitGroup) error {
	j.failing, j.warned, j.deaf = map[netip.AddrPort]string{}, map[rival]bool{}, map[string]bool{}
	if err := j.first(ctx, all); err != nil {
		return err
	}
	for tries := 0; ; tries++ {
		timer := time.NewTimer(j.pause(tries))
		var err error
		select {
		case <-ctx.Done():
		case r := <-j.rivals:
			var double bool
			double, err = j.settle(ctx, r)
			j.double = j.double || double
		case <-timer.C:
			err = j.round(ctx, all, j.targets(ctx))
		case <-j.again:
			err = j.round(ctx, all, j.everybody(ctx))
		}
		timer.Stop()
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// pause is how long to wait before the next round.
//
//	this node                                          waits
//	has a name that another had before                 a heartbeat: the others forget that one soon
//	knows no other member                              half a heartbeat, doubled with each round, up to the interval
//	anything else                                      the interval
//
// The second row is a cluster whose nodes are all started at once.
func (j *joiner) pause(tries int) time.Duration {
	switch {
	case j.double:
		return min(j.options.Rejoin, j.options.Heartbeat)
	case j.facts.size() == 1:
		return min(j.options.Rejoin, j.options.Heartbeat/2<<min(tries, 10))
	default:
		return j.options.Rejoin
	}
}

// first joins at the start, and says when the node is ready.
//
//	peers answered           refusing our key    a next key waits    then
//	none, or no peers        -                   -                   ready, alone for now
//	some, one could read us  -                   -                   ready, as soon as one has
//	some                     all                 no                  *KeyError
//	some                     all                 yes                 encrypts with it, and joins once more
func (j *joiner) first(ctx context.Context, all *sync.WaitGroup) error {
	before := j.Keys().InUse
	refused, joined, err := j.attempt(ctx, all)
	if err == nil && !joined && len(refused) > 0 {
		if j.ring.turn(); j.Keys().InUse != before {
			refused, joined, err = j.attempt(ctx, all)
		}
	}
	switch {
	case err != nil || ctx.Err() != nil || joined:
		return err
	case len(refused) > 0:
		return &KeyError{Peers: refused}
	}
	j.getReady()
	return nil
}

// attempt joins all at the start. It gives the peers that refused our key, and whether one could be joined: then the node
// is ready.
func (j *joiner) attempt(ctx context.Context, all *sync.WaitGroup) (refused []string, joined bool, err error) {
	for a := range j.join(ctx, all, j.formers(j.targets(ctx))) {
		switch {
		case a.err == nil && !joined:
			joined = true
			if err := j.settleAll(ctx); err != nil {
				return nil, true, err
			}
			j.getReady()
		case a.err != nil && lackOfKey(a.err.Error()):
			refused = append(refused, a.peer.addr.String())
		}
		j.note(a)
	}
	return refused, joined, nil
}

// round joins once more.
func (j *joiner) round(ctx context.Context, all *sync.WaitGroup, peers []target) error {
	for a := range j.join(ctx, all, peers) {
		j.note(a)
	}
	return j.settleAll(ctx)
}

// abreast is how many peers are joined at a time.
const abreast = 8

// join joins peers and gives what came of each; the channel is closed when all is over.
func (j *joiner) join(ctx context.Context, all *sync.WaitGroup, peers []target) <-chan attempt {
	attempts := make(chan attempt, len(peers))
	slots := make(chan struct{}, abreast)
	var under sync.WaitGroup
	for _, peer := range peers {
		under.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if ctx.Err() == nil {
				_, err := j.list.Join([]string{peer.String()})
				attempts <- attempt{peer, err}
			}
		})
	}
	all.Go(func() {
		under.Wait()
		close(attempts)
	})
	return attempts
}

// note logs why a peer cannot be joined, once until it could be, or for another reason.
func (j *joiner) note(a attempt) {
	why := "no answer from a peer"
	switch {
	case a.err == nil:
		delete(j.failing, a.peer.addr)
		return
	case dropsKey(a.err.Error()) && j.ring.turn():
		why = "a peer uses the next gossip key only: this node encrypts with it from now on"
		poke(j.again)
	case lackOfKey(a.err.Error()):
		why = "a peer cannot read our messages: another gossip key (cluster.key_file)"
	}
	if j.failing[a.peer.addr] == why {
		return
	}
	if len(j.failing) >= maxPeers {
		clear(j.failing)
	}
	j.failing[a.peer.addr] = why
	j.logger.Warn(why, "peer", a.peer.addr, "again_every", j.options.Rejoin, "error", errors.Unwrap(a.err))
}

// lostAtOnce is how many lost members are tried in one round.
const lostAtOnce = 16

// targets gives the configured peers that are not members, and some of the members that were lost.
func (j *joiner) targets(ctx context.Context) []target {
	_, lost := j.facts.known(j.now())
	rand.Shuffle(len(lost), func(a, b int) { lost[a], lost[b] = lost[b], lost[a] })
	peers := lost[:min(len(lost), lostAtOnce)]
	for _, addr := range j.resolve(ctx) {
		// A node whose name another had before is told even to members: they do not count it as one yet.
		if j.double || !j.facts.reaches(addr) {
			peers = append(peers, target{addr: addr})
		}
	}
	seen := map[netip.AddrPort]bool{}
	return slices.DeleteFunc(peers, func(p target) bool {
		again := seen[p.addr]
		seen[p.addr] = true
		return again || j.isSelf(p.addr)
	})
}

// formers adds members that the session before knew, which no configuration may name.
func (j *joiner) formers(peers []target) []target {
	for _, addr := range j.former[:min(len(j.former), lostAtOnce)] {
		if t := (target{addr: addr}); !slices.Contains(peers, t) && !j.isSelf(addr) {
			peers = append(peers, t)
		}
	}
	return peers
}

// everybody gives the targets and one living member, which may know members that this node has missed.
func (j *joiner) everybody(ctx context.Context) []target {
	peers := j.targets(ctx)
	if living, _ := j.facts.known(j.now()); len(living) > 0 {
		peers = append(peers, living[rand.IntN(len(living))])
	}
	return peers
}
