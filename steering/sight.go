package steering

// What Verdicts.Alone says of the node that judges.
const (
	alone         = "alone"
	blindAndAlone = "blind and alone"
)

// noHome is the home of a node that does not prefer any colo.
const noHome = -1

// Blind says whether an observer in a colo sees nothing of the world, by its votes: what such a one says is down may well
// be up. It does not reach what is down, nor what begins to fail; it reaches what is down and succeeds again.
//
//	its votes on targets of other colos and on witnesses     it is
//	none                                                     not blind
//	any on what it reaches                                   not blind
//	all on what it does not reach, a witness among them      blind
//	all so, no witness, in three other colos or more         blind
//	all so, no witness, in fewer                             not blind: these colos may be down
func (n *Network) Blind(colo string, votes []Vote) bool {
	witness, colos := false, map[ColoIndex]bool{}
	for _, vote := range votes {
		i, known := n.byID[vote.Target]
		switch {
		case known && n.colos[n.coloOf[n.targets[i].Uplink]].Name == colo:
			continue
		case known:
			colos[n.coloOf[n.targets[i].Uplink]] = true
		case n.isWitness(vote.Target):
			witness = true
		default:
			continue
		}
		if (vote.State == VoteDown) == vote.Turning {
			return false
		}
	}
	return witness || len(colos) >= 3
}

func (n *Network) blind(s *Sheet) bool { return n.Blind(s.Colo, s.Votes) }

func (n *Network) isWitness(id TargetID) bool {
	for i := range n.witnesses {
		if n.witnesses[i].ID == id {
			return true
		}
	}
	return false
}

// blindAmong are the names of the observers that are blind.
func (n *Network) blindAmong(sheets []Heard) map[string]bool {
	names := map[string]bool{}
	for _, h := range sheets {
		if n.blind(h.Sheet) {
			names[h.Sheet.Observer] = true
		}
	}
	return names
}

// lookAround tells what company the judge's node is in. Its colo is not company: what cuts off one of its nodes may well
// cut off all.
//
//	others heard outside its colo     it, and all others heard in its colo     it is
//	any                               whatever                                 in company
//	none                              it or another is not blind               alone: its colo's votes decide
//	none                              all blind                                blind and alone: its colo answers before all
//
// A node blind and alone goes by what is left to it: on its own colo by the inside view, on all others by the last
// verdicts concluded in company. Whoever could ask it can reach its colo.
func (v *Verdicts) lookAround(f Facts, blind map[string]bool) {
	v.home = noHome
	if f.Self.Name == "" {
		return
	}
	v.Blind = blind[f.Self.Name]
	allBlind := v.Blind
	for _, h := range f.Sheets {
		switch {
		case h.Sheet.Observer == f.Self.Name || h.Age > f.Stale:
		case h.Sheet.Colo == "" || h.Sheet.Colo != f.Self.Colo:
			return
		default:
			allBlind = allBlind && blind[h.Sheet.Observer]
		}
	}
	v.Alone = alone
	if allBlind {
		v.Alone = blindAndAlone
		if c, ok := v.network.Colo(f.Self.Colo); ok {
			v.home = int(c)
		}
	}
}

// goesByVotes says whether the votes on an uplink can be used at all.
func (v *Verdicts) goesByVotes(u UplinkIndex) bool {
	return v.Alone != blindAndAlone || int(v.network.coloOf[u]) == v.home
}
