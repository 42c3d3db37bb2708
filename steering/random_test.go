package steering

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"
)

// randomNetwork has one to six colos with up to three uplinks, each through one to three of four upstreams, with no to
// three addresses to probe, and no to three witnesses.
func randomNetwork(rng *rand.Rand) *Network {
	names := []string{"north", "east", "south", "west"}
	var colos []Colo
	for i := range 1 + rng.IntN(6) {
		c := Colo{Name: fmt.Sprintf("c%d", i), Location: Location{Lon: float64(i)}}
		seen := map[string]bool{}
		for j := range 1 + rng.IntN(3) {
			var u Uplink
			for _, k := range rng.Perm(4)[:1+rng.IntN(1+rng.IntN(3))] {
				u.Upstreams = append(u.Upstreams, names[k])
			}
			sorted := fmt.Sprint(slices.Sorted(slices.Values(u.Upstreams)))
			if seen[sorted] {
				continue
			}
			seen[sorted] = true
			u.Prefixes = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), byte(j), 0}), 24)}
			for k := range rng.IntN(4) {
				addr := netip.AddrFrom4([4]byte{10, byte(i), byte(j), byte(k + 1)})
				if k == 2 {
					addr = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i), byte(j), 15: 1})
				}
				u.Probe = append(u.Probe, addr)
			}
			c.Uplinks = append(c.Uplinks, u)
		}
		colos = append(colos, c)
	}
	var witnesses []Witness
	for i := range rng.IntN(4) {
		witnesses = append(witnesses, NewWitness(names[i], netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 53)))
	}
	n, err := NewNetwork(colos, testCheck, witnesses...)
	if err != nil {
		panic(err) // the generator is wrong
	}
	return n
}

// randomSheets are those of up to ten observers, some of whom see nothing, some of whom are not fresh, at a time when
// some uplinks are down.
func randomSheets(rng *rand.Rand, n *Network, now time.Time) []Heard {
	down := map[UplinkIndex]bool{}
	for u := range n.uplinks {
		down[UplinkIndex(u)] = rng.IntN(3) == 0
	}
	var list []Heard
	for i := range rng.IntN(10) {
		s := &Sheet{Observer: fmt.Sprintf("n%d", i), Colo: []string{"", "elsewhere", n.colos[rng.IntN(len(n.colos))].Name, n.colos[i%len(n.colos)].Name}[rng.IntN(4)]}
		lost, noise := rng.IntN(4) == 0, rng.IntN(3) == 0
		vote := func(id TargetID, is VoteState) {
			if noise && rng.IntN(4) == 0 {
				is = VoteState(rng.IntN(3))
			}
			s.Votes = append(s.Votes, Vote{Target: id, State: is, Turning: rng.IntN(8) == 0, Rose: is == VoteUp && rng.IntN(2) == 0,
				Falls: uint8(rng.IntN(6)), Since: now.Add(-time.Duration(rng.IntN(100)-20) * time.Second)})
		}
		for _, t := range n.targets {
			is := VoteUp
			if down[t.Uplink] || lost && n.colos[n.coloOf[t.Uplink]].Name != s.Colo {
				is = VoteDown
			}
			if rng.IntN(6) > 0 {
				vote(t.ID, is)
			}
		}
		for _, w := range n.witnesses {
			is := VoteUp
			if lost {
				is = VoteDown
			}
			if rng.IntN(6) > 0 {
				vote(w.ID, is)
			}
		}
		if rng.IntN(6) == 0 {
			vote(1, VoteDown) // a stranger
		}
		list = append(list, Heard{Sheet: s, Age: time.Duration(rng.IntN(1200)) * time.Millisecond})
	}
	return list
}

// randomOverrides are up to two drains or their ends.
func randomOverrides(rng *rand.Rand, n *Network, now time.Time) (list []Override) {
	places := n.Places()
	for range rng.IntN(3) {
		o := Override{Place: places[rng.IntN(len(places))], Action: Drain, Issued: now.Add(-time.Duration(rng.IntN(60)) * time.Second)}
		switch rng.IntN(3) {
		case 0:
			o.Action = Undrain
		case 1:
			o.Until = now.Add(time.Duration(rng.IntN(60)-30) * time.Second)
		}
		if !slices.ContainsFunc(list, func(p Override) bool { return p.Place == o.Place }) {
			list = append(list, o)
		}
	}
	return list
}

// randomFacts are sheets and overrides, judged by one of the observers, by a node that has no sheet yet, or by nobody.
func randomFacts(rng *rand.Rand, n *Network, now time.Time, before *Verdicts) Facts {
	f := Facts{Sheets: randomSheets(rng, n, now), Overrides: randomOverrides(rng, n, now), Before: before,
		Stale: time.Second, Ramp: time.Duration(rng.IntN(2)) * time.Minute, Now: now}
	if rng.IntN(3) == 0 && len(f.Sheets) > 1 {
		f.Sheets = f.Sheets[:1+rng.IntN(2)] // it hears few
	}
	switch k := rng.IntN(8); {
	case k == 0:
	case k == 1:
		f.Self = Member{Name: "new", Colo: n.colos[0].Name}
	case len(f.Sheets) > 0:
		f.Self = Member{Name: f.Sheets[0].Sheet.Observer, Colo: f.Sheets[0].Sheet.Colo}
		f.Sheets[0].Age = 0
	}
	return f
}
