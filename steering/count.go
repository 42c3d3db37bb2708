package steering

import "slices"

// MaxCount is the most addresses that count= may ask for.
const MaxCount = 8

// maxSets is how many different sets of upstreams are told apart in one RRset. Further ones count as one.
const maxSets = 64

// mostTried is how many runs a search for such as share no upstream looks at before it takes the best that it found.
const mostTried = 500

// counting is what count= needs to know of the runs of an RRset: which of them share an upstream.
type counting struct {
	count  int
	cuts   bool     // there are more records than that
	setOf  []uint8  // by run: its set of upstreams
	clash  []uint64 // by set: the sets that have an upstream of it, itself among them
	shared bool     // some have more than themselves
}

// counts makes what count= needs to know, or nil where there is no count.
func (r *Reach) counts(n *Network) *counting {
	if r.policy == nil || r.policy.Count == 0 {
		return nil
	}
	k := &counting{count: r.policy.Count}
	var sets [][]string
	records := 0
	for _, run := range r.runs {
		records += int(run.To - run.From)
		set := slices.Sorted(slices.Values(n.uplinks[run.Uplink].Upstreams))
		at := slices.IndexFunc(sets, func(s []string) bool { return slices.Equal(s, set) })
		if at < 0 && len(sets) == maxSets {
			at = maxSets - 1
			sets[at] = append(sets[at], set...)
		}
		if at < 0 {
			at = len(sets)
			sets = append(sets, set)
		}
		k.setOf = append(k.setOf, uint8(at))
	}
	k.cuts = records > k.count
	k.clash = make([]uint64, len(sets))
	for i, a := range sets {
		for j, b := range sets {
			if i == j || slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) }) {
				k.clash[i] |= 1 << j
				k.shared = k.shared || i != j
			}
		}
	}
	return k
}

// offer is the run that stands first of those with one set of upstreams.
type offer struct {
	stands uint64 // its colo
	turn   uint64 // which of a colo's runs comes first: for each client another
	run    uint16
	set    uint8
}

func (o offer) before(p offer) bool {
	return o.stands < p.stands || o.stands == p.stands && o.turn < p.turn
}

// fill goes on from the colo that a choice would give to as many records as count= asks for, of all colos that fit the same
// row: round by round, each of runs no two of which share an upstream, as many as can be, those that stand first; until there
// are enough, or none are left.
func (r *Reach) fill(client *Client, v *Verdicts, c *Choice, wants grades) {
	c.All = true
	last, rounds := uint64(0), 0
	for int(c.picked) < r.counting.count {
		s := search{want: r.counting.count - int(c.picked), clash: r.counting.clash}
		r.offers(client, v, c, wants, &s)
		if s.size == 0 {
			break
		}
		rounds++
		s.settle(r.counting.shared)
		for _, at := range s.best[:s.found] {
			o := &s.offers[at]
			c.picks[c.picked] = r.pick(client, c, o)
			c.picked++
			last = max(last, o.stands)
		}
	}
	c.Sliced = c.Sliced || r.counting.cuts || v.Sliced()
	if rounds != 1 || int(c.picked) < r.counting.count {
		last = 1<<64 - 1 // any run that changes might be picked
	}
	c.Settled = c.Settled && r.calm(client, v, last)
}

// offers finds what is left to pick from, sorted by how it stands: of each set of upstreams the run that stands first.
func (r *Reach) offers(client *Client, v *Verdicts, c *Choice, wants grades, s *search) {
	full, _ := r.passes(client, v, c.Row)
	for i := 0; i < len(r.runs); {
		from := i
		to, has, back := r.waits(from, v, wants)
		i = to
		colo := r.runs[from].Colo
		if has == 0 || c.Home && colo != c.Colo {
			continue
		}
		if c.Row == RowHealthy {
			has = best(has)
			if uint8(client.Key.Slice()) >= back && colo != c.Colo {
				continue
			}
		}
		stands := r.policy.standing(client, colo)
		if stands < full && colo != c.Colo || stands == nowhere {
			continue
		}
		for at := from; at < to; at++ {
			run := &r.runs[at]
			if v.grading.of(run)&has != 0 && c.pickedOf(run) < int(run.To-run.From) {
				s.offer(offer{stands, mix(uint64(client.Key) + uint64(at)), uint16(at), r.counting.setOf[at]})
			}
		}
	}
}

// pick is the record of a run that comes next for a client.
func (r *Reach) pick(client *Client, c *Choice, o *offer) uint16 {
	run := &r.runs[o.run]
	size := uint64(run.To - run.From)
	if size == 1 { // nearly always
		return run.From
	}
	return run.From + uint16((mix(uint64(client.Key)^o.turn)%size+uint64(c.pickedOf(run)))%size)
}

// search is the search for offers no two of which share an upstream.
type search struct {
	offers      [maxSets]offer // sorted
	size        int
	clash       []uint64
	want        int
	best, now   [MaxCount]uint8 // positions in offers
	found, held int             // in best, in now
	tried       int
}

// offer puts an offer to its place, unless one of the same set stands before it.
func (s *search) offer(o offer) {
	at := s.size
	for i := range s.size {
		if s.offers[i].set == o.set {
			if s.offers[i].before(o) {
				return
			}
			at = i
			s.size--
			break
		}
	}
	for ; at > 0 && o.before(s.offers[at-1]); at-- {
		s.offers[at] = s.offers[at-1]
	}
	s.offers[at] = o
	s.size++
}

// settle finds as many as are wanted, or can be had, those that stand first.
func (s *search) settle(shared bool) {
	if shared {
		s.extend(0, 0)
		return
	}
	for s.found = 0; s.found < min(s.want, s.size); s.found++ {
		s.best[s.found] = uint8(s.found)
	}
}

// extend tries to put more offers, from one on, to those held, which bar some sets. It says when to stop.
func (s *search) extend(from int, barred uint64) bool {
	if s.held > s.found {
		s.best, s.found = s.now, s.held
	}
	if s.found == s.want {
		return true
	}
	for i := from; i < s.size && s.held+s.size-i > s.found; i++ {
		set := s.offers[i].set
		if barred>>set&1 != 0 {
			continue
		}
		if s.tried++; s.tried > mostTried {
			return true
		}
		s.now[s.held] = uint8(i)
		s.held++
		if s.extend(i+1, barred|s.clash[set]) {
			return true
		}
		s.held--
	}
	return false
}
