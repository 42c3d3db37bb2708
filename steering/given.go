package steering

import (
	"iter"
	"slices"
)

// Gives says whether the choice gives addresses of a run.
func (c *Choice) Gives(run *Run, v *Verdicts) bool {
	if c.picked > 0 {
		return c.pickedOf(run) > 0
	}
	return (c.All || run.Colo == c.Colo) && v.grading.of(run)&c.takes != 0
}

// GivesRecord says whether the choice gives a record, by its position, of a run.
func (c *Choice) GivesRecord(at uint16, run *Run, v *Verdicts) bool {
	if c.picked > 0 {
		return slices.Contains(c.Picks(), at)
	}
	return c.Gives(run, v)
}

// Picks are the records that count= has picked, by their position in the RRset; none where there is no count: then all of
// the runs that the choice gives are given.
func (c *Choice) Picks() []uint16 { return c.picks[:c.picked] }

// pickedOf is how many records of a run are picked.
func (c *Choice) pickedOf(run *Run) (n int) {
	for _, at := range c.picks[:c.picked] {
		if at >= run.From && at < run.To {
			n++
		}
	}
	return n
}

// Given are the ranges of records that a choice gives.
func (r *Reach) Given(c *Choice, v *Verdicts) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		if c.Row == RowFallback && !yield(r.fallback) || c.Row >= RowFallback {
			return
		}
		for _, run := range r.runs {
			if !c.Gives(&run, v) {
				continue
			}
			if c.picked == 0 {
				if !yield(run) {
					return
				}
				continue
			}
			for _, at := range c.picks[:c.picked] {
				if at >= run.From && at < run.To && !yield(run.only(at)) {
					return
				}
			}
		}
	}
}
