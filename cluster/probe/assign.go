package probe

import (
	"time"

	"leeward/steering"
)

// Assignment is what to probe.
type Assignment struct {
	Targets []steering.Target // those of a check that the options do not have are left out
	// Witnesses are probed by TCP whatever the check is, at its pace; any answer of the host shows that it is reached.
	Witnesses []steering.Witness
	// Down says whether a target is presumed down: by its present verdict, or by one that was kept. It is asked of each
	// target that was not assigned before, while Assign runs. One success is no vote on such a target: it has to rise, or
	// to fall. nil presumes none.
	Down func(steering.TargetID) bool
	// Blind says whether votes are those of a node that sees nothing of the world. nil: none are.
	Blind func([]steering.Vote) bool
}

// Assign says what to probe from now on. Targets and witnesses assigned before keep their histories and votes; those left
// out are forgotten, and their votes go at once.
func (p *Prober) Assign(a Assignment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	watches := make(map[steering.TargetID]*watch, len(a.Targets)+len(a.Witnesses))
	for _, t := range a.Targets {
		if _, known := p.checks[t.Check]; !known {
			continue
		}
		if watches[t.ID] = p.watches[t.ID]; watches[t.ID] == nil {
			watches[t.ID] = newWatch(t, p.rules(t.Check), a.Down != nil && a.Down(t.ID))
			p.recall(watches[t.ID])
		}
	}
	for _, w := range a.Witnesses {
		if watches[w.ID] = p.watches[w.ID]; watches[w.ID] == nil {
			watches[w.ID] = newWitnessWatch(w, p.rules(""))
			p.recall(watches[w.ID])
		}
	}
	for id, w := range p.watches {
		if w.voted && watches[id] == nil {
			poke(p.changed)
		}
	}
	p.watches, p.blind, p.former = watches, a.Blind, nil
	poke(p.assigned)
}

// Recall has the targets of the next assignment begin with the votes that this node has published on them, in a process whose
// place this one takes. They stand until probes say otherwise.
func (p *Prober) Recall(votes []steering.Vote) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.former = votes
}

// recall begins a watch with the vote that there is, with the lock held.
func (p *Prober) recall(w *watch) {
	for _, v := range p.former {
		if v.Target == w.target.ID {
			w.history.recall(v, time.Now())
			w.vote, w.voted = v, true
			return
		}
	}
}

// rules are how many probes make a vote by a check, and at which pace.
func (p *Prober) rules(check string) rules {
	c := p.checks[check]
	return rules{c.Interval, c.Fall, c.Rise, p.hold}
}
