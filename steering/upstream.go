package steering

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// UpstreamState is what a verdict says of an upstream.
type UpstreamState uint8

// The states of an upstream.
const (
	UpstreamUnknown UpstreamState = iota // none of its uplinks was ever measured
	UpstreamUp
	UpstreamFailing
	UpstreamDrained // by an override
)

var upstreamWords = [...]string{"unknown", "up", "failing", "drained"}

func (s UpstreamState) String() string { return upstreamWords[s] }

// MarshalText gives the verdict word.
func (s UpstreamState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a verdict word.
func (s *UpstreamState) UnmarshalText(b []byte) error {
	i := slices.Index(upstreamWords[:], string(b))
	if i < 0 {
		return fmt.Errorf("no verdict of an upstream is called %q", b)
	}
	*s = UpstreamState(i)
	return nil
}

// UpstreamVerdict is what a node concludes of one upstream.
type UpstreamVerdict struct {
	State  UpstreamState
	Reason string
	Since  time.Time
}

// share is how many uplinks of a set are measured, and down.
type share struct {
	of, down int
	colos    map[ColoIndex]bool // with an uplink down
	names    []string           // of the uplinks down
}

// judgeUpstreams concludes which upstreams are failing, and puts at risk what is left of them.
//
//	an override on the upstream                                                  drained
//	two colos' uplinks through it down, at least 60 % of its uplinks,
//	and at least twice the share of uplinks down elsewhere                       failing
//	any of its uplinks measured                                                  up
//	otherwise                                                                    unknown
func (v *Verdicts) judgeUpstreams(f Facts) {
	n := v.network
	v.Upstreams = make([]UpstreamVerdict, len(n.upstreams))
	for i, name := range n.upstreams {
		through, elsewhere := v.shares(name)
		verdict := &v.Upstreams[i]
		verdict.Reason = fmt.Sprintf("%d of %d uplinks down, elsewhere %d of %d",
			through.down, through.of, elsewhere.down, elsewhere.of)
		switch o := override(upstreamPlace(name), f.Overrides, f.Now); {
		case o != nil:
			verdict.State, verdict.Reason = UpstreamDrained, o.String()+"; measured: "+verdict.Reason
		case through.explains(elsewhere):
			verdict.State = UpstreamFailing
			verdict.Reason = strings.Join(through.names, ", ") + " down; " + verdict.Reason
		case through.of > 0:
			verdict.State = UpstreamUp
		}
		verdict.Since = f.Now
		if before := f.Before.upstream(name); before != nil && before.State == verdict.State {
			verdict.Since = before.Since
		}
	}
	v.putAtRisk()
}

// explains says whether the uplinks down are the upstream's failure.
func (s share) explains(elsewhere share) bool {
	return len(s.colos) >= 2 && 10*s.down >= 6*s.of && s.down*elsewhere.of >= 2*elsewhere.down*s.of
}

// shares counts the measured uplinks through an upstream and elsewhere.
func (v *Verdicts) shares(upstream string) (through, elsewhere share) {
	n := v.network
	through.colos, elsewhere.colos = map[ColoIndex]bool{}, map[ColoIndex]bool{}
	for u := range n.uplinks {
		s := &elsewhere
		if n.uplinks[u].Has(upstream) {
			s = &through
		}
		if v.Uplinks[u].Measured == Unknown {
			continue
		}
		s.of++
		if v.Uplinks[u].Measured == Down {
			s.down++
			s.colos[n.coloOf[u]] = true
			s.names = append(s.names, n.UplinkName(UplinkIndex(u)))
		}
	}
	return through, elsewhere
}

// putAtRisk marks what is left of a failing upstream: its uplinks that are not down may be next.
func (v *Verdicts) putAtRisk() {
	n := v.network
	for i, name := range n.upstreams {
		if v.Upstreams[i].State != UpstreamFailing {
			continue
		}
		for u := range n.uplinks {
			if verdict := &v.Uplinks[u]; n.uplinks[u].Has(name) && (verdict.State == Up || verdict.State == Unknown) {
				verdict.State = AtRisk
				verdict.Reason = "upstream " + name + " is failing; " + verdict.Reason
			}
		}
	}
}

// upstream is the verdict on an upstream in an earlier judgement.
func (v *Verdicts) upstream(name string) *UpstreamVerdict {
	if v == nil {
		return nil
	}
	for i := range v.Upstreams {
		if v.network.upstreams[i] == name {
			return &v.Upstreams[i]
		}
	}
	return nil
}
