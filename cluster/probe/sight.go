package probe

import (
	"slices"

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

// see takes in that something answered which is voted down. What a blind node saw fail says nothing of the targets, not
// even when it sees again: then its votes that are down begin anew, without a word until they are up or have fallen.
//
//	the node was blind    with what answered voted up, it would be    its votes that are down
//	no                    -                                           stay
//	yes                   blind: it was in the node's own colo        stay
//	yes                   not blind                                   begin anew
func (p *Prober) see(answered *watch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blind == nil {
		return
	}
	votes := p.votes()
	if !p.blind(votes) {
		return
	}
	at := slices.IndexFunc(votes, func(v steering.Vote) bool { return v.Target == answered.target.ID })
	if at < 0 {
		return
	}
	votes[at] = steering.Vote{Target: answered.target.ID, State: steering.VoteUp}
	if p.blind(votes) {
		return
	}
	for _, w := range p.watches {
		poke(w.anew)
	}
}
