package probe

import (
	"slices"
	"time"

	"leeward/steering"
)

// askWitnesses probes all witnesses at once. When a target begins to fail, it may be this node that fails: the witnesses
// must tell before the target's vote falls, and not at their next turn.
func (p *Prober) askWitnesses() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.watches {
		if w.witness.IsValid() {
			poke(w.hurry)
		}
	}
}

// look notes when this node loses its sight and has it again, with the lock held.
func (p *Prober) look() {
	switch is := p.blind != nil && p.blind(p.votes()); {
	case !is:
		p.blinded = time.Time{}
	case p.blinded.IsZero():
		p.blinded = time.Now()
	}
}

// see takes in that something answered which is voted down. What a blind node saw fail says nothing of the targets, not
// even when it sees again: then what it voted down as its sight went begins anew, without a word until it is up or has
// fallen.
//
//	the node was blind    with what answered voted up, it would be    its votes that are down
//	no                    -                                           stay
//	yes                   blind: it was in the node's own colo        stay
//	yes                   not blind                                   begin anew if they fell with its sight, or since
//
// A target that was down long before stays so: it has to rise.
func (p *Prober) see(answered *watch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blinded.IsZero() {
		return
	}
	votes := p.votes()
	at := slices.IndexFunc(votes, func(v steering.Vote) bool { return v.Target == answered.target.ID })
	if at < 0 {
		return
	}
	votes[at] = steering.Vote{Target: answered.target.ID, State: steering.VoteUp}
	if p.blind(votes) {
		return
	}
	for _, w := range p.watches {
		// All that is in reach falls within this time.
		check := p.checks[w.target.Check]
		within := 2*check.Interval + 2*check.Timeout + time.Duration(check.Fall)*recheckEvery
		if w.voted && !w.vote.Since.Before(p.blinded.Add(-within)) {
			poke(w.anew)
		}
	}
}
