package steering

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// State is what a verdict says of an uplink or a colo.
type State uint8

// The states, from best to worst but for Unknown, which counts as up and is flagged.
const (
	Unknown State = iota // no vote was ever heard
	Up
	AtRisk
	Down
	Drained // by an override, whatever is measured
)

var stateWords = [...]string{Unknown: "unknown", Up: "up", AtRisk: "at-risk", Down: "down", Drained: "drained"}

func (s State) String() string { return stateWords[s] }

// MarshalText gives the verdict word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a verdict word.
func (s *State) UnmarshalText(b []byte) error {
	i := slices.Index(stateWords[:], string(b))
	if i < 0 {
		return fmt.Errorf("no verdict is called %q", b)
	}
	*s = State(i)
	return nil
}

// Verdict is what a node concludes of one uplink.
type Verdict struct {
	State    State     // what answers follow: Drained, or what is measured
	Measured State     // what the votes say, without overrides
	Reason   string    // in words
	Since    time.Time // of the last change of State
	Seen     time.Time // when a fresh vote last supported it, to the second; zero: not known
	Stale    bool      // no fresh vote: Measured is the last one known
	Turning  bool      // may be about to change
	Ramp     Ramp      // the return of its clients
	Votes    []Counted // every vote heard, fresh or not

	stood   time.Time // since when Measured is what it is
	changed flips     // when Measured changed of late
	company last      // what was last concluded in company
	// When each target that is down was last convicted in full, and not because it was before.
	convictions map[TargetID]time.Time
	voices      map[string]bool // of each provider group that had one: whether it says down
}

// Counted is one observer's vote on a target as the judge used it.
type Counted struct {
	Observer string
	Colo     string
	Vote     Vote
	Age      time.Duration // of the sheet
	Fresh    bool
	Blind    bool // the observer sees nothing of the world
}

// Verdicts is a node's judgement of the whole network. It is immutable.
type Verdicts struct {
	Uplinks   []Verdict         // by UplinkIndex
	Upstreams []UpstreamVerdict // by position in Network.Upstreams
	Services  []ServiceVerdict  // sorted by ID
	Strangers int               // votes heard on targets that the network does not have
	Alone     string            // whether the judge's node hears others: "", "alone" or "blind and alone"
	Blind     bool              // the judge's node sees nothing of the world
	network   *Network
	home      int // the colo that answers before all, or noHome
	grading   grading
	poured    *pour  // nil: the nearest colo that is healthy bears all
	loads     []Load // by ColoIndex, as the colos say; nil: not known
	digest    Digest
}

// Digest is the same on all nodes whose verdicts on uplinks have the same states, and who pour demand over the colos alike.
// Nodes need not serve the same zones, so that services are none of it.
func (v *Verdicts) Digest() Digest { return v.digest }

// Sliced says whether clients of one region may get different colos, because they are still returning somewhere, or because
// a colo is full.
func (v *Verdicts) Sliced() bool { return v.grading.ramping || v.poured != nil && v.poured.cuts }

// Demand is what clients of a region ask for, in steered answers a second, of which there are so many in all; 0 where no
// colo has a capacity, or a load.
func (v *Verdicts) Demand(r *Region) (rate, all float64) {
	if v.poured == nil || int(r.number) >= len(v.poured.wants.demand) {
		return 0, 0
	}
	return v.poured.wants.demand[r.number], v.poured.total
}

// Bare is the verdicts without the votes behind them: what answers follow from, and small enough to be kept.
func (v *Verdicts) Bare() *Verdicts {
	bare := *v
	bare.Uplinks, bare.Services = slices.Clone(v.Uplinks), slices.Clone(v.Services)
	for u := range bare.Uplinks {
		bare.Uplinks[u].drop()
	}
	for i := range bare.Services {
		bare.Services[i].drop()
	}
	return &bare
}

// drop forgets what a verdict was made of.
func (v *Verdict) drop() { v.Votes, v.convictions, v.voices = nil, nil, nil }

// Load is what a colo says of itself.
func (v *Verdicts) Load(c ColoIndex) Load {
	if v.loads == nil {
		return Load{}
	}
	return v.loads[c]
}

// Demands are what the colos have to bear, by ColoIndex; nil where no colo has a capacity, or a load.
func (v *Verdicts) Demands() []ColoDemand {
	if v.poured == nil {
		return nil
	}
	return v.poured.demands
}

// Colo is a colo's verdict: the best of its uplinks.
//
//	any uplink up               up
//	none up, any unknown        unknown
//	none of these, any at risk  at risk
//	none of these, any down     down
//	all drained                 drained
func (v *Verdicts) Colo(n *Network, c ColoIndex) State {
	best := Drained
	for u := range n.uplinks {
		if n.coloOf[u] != c {
			continue
		}
		if v.Uplinks[u].State == Up {
			return Up
		}
		best = min(best, v.Uplinks[u].State)
	}
	return best
}

// seal makes of verdicts that are complete what a choice needs, and the digest. Demand that is poured as it was before is
// not poured anew.
func (v *Verdicts) seal(n *Network, wants pouring, before *pour) *Verdicts {
	v.grading = v.gradeAll()
	v.poured = v.pourOver(wants, before)
	h := sha256.New()
	for u := range v.Uplinks {
		fmt.Fprintf(h, "%s %s %s\n", n.UplinkName(UplinkIndex(u)), v.Uplinks[u].State, v.Uplinks[u].Measured)
	}
	if v.poured != nil {
		for r, steps := range v.poured.settled {
			for _, s := range steps {
				fmt.Fprintf(h, "region %d below %d from %d\n", r, s.below, s.rank)
			}
		}
	}
	v.digest = Digest(h.Sum(nil)[:8])
	return v
}
