package steering

import (
	"fmt"
	"slices"
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
	State    UpstreamState // Drained, or what is measured
	Measured UpstreamState // what its uplinks say, without overrides
	Reason   string
	Since    time.Time // of the last change of State
	Evidence Evidence  // of its present failure, or of the last one

	changed flips // when Measured changed of late
}

// judgeUpstreams concludes which upstreams are failing, and puts at risk what is left of them.
//
//	an override on the upstream                       drained
//	found failing by attribute                        failing
//	any of its uplinks measured                       up
//	otherwise                                         unknown
//
// Like an uplink's, an upstream's measured verdict may not change more often than mostChanges says.
func (v *Verdicts) judgeUpstreams(f Facts) {
	n := v.network
	v.Upstreams = make([]UpstreamVerdict, len(n.upstreams))
	a := v.attribute()
	for i, name := range n.upstreams {
		before := f.Before.upstream(name)
		if before == nil {
			before = &UpstreamVerdict{}
		}
		verdict := &v.Upstreams[i]
		v.measureUpstream(verdict, name, a, before, f.Now)
		verdict.State = verdict.Measured
		if o := override(upstreamPlace(name), f.Overrides, f.Now); o != nil {
			verdict.State = UpstreamDrained
			verdict.Reason = fmt.Sprintf("%s; measured %s: %s", o, verdict.Measured, verdict.Reason)
		}
		verdict.Since = f.Now
		if before.State == verdict.State && !before.Since.IsZero() {
			verdict.Since = before.Since
		}
	}
	v.putAtRisk()
}

// measureUpstream makes the measured part of an upstream's verdict, its reason and its evidence.
func (v *Verdicts) measureUpstream(u *UpstreamVerdict, name string, a attribution, before *UpstreamVerdict, now time.Time) {
	through, elsewhere := v.shares(name, attribution{})
	found, failing := a.found[name]
	failed := before.Measured == UpstreamFailing
	u.changed, u.Evidence = before.changed.recent(now), before.Evidence
	held := failed && !failing && u.changed.hold()
	if failing != failed && !held {
		u.changed = append(u.changed, now)
	}
	switch {
	case failing:
		u.Measured, u.Evidence = UpstreamFailing, v.gather(found, before, now)
		u.Reason = u.Evidence.words(now)
	case held:
		u.Measured = UpstreamFailing
		u.Reason = fmt.Sprintf("held: changed %s in a minute; %s", counted(len(u.changed), "time"), a.words(through, elsewhere))
	case through.of() > 0:
		u.Measured, u.Reason = UpstreamUp, a.words(through, elsewhere)
	default:
		u.Reason = a.words(through, elsewhere)
	}
	if failed && u.Measured != UpstreamFailing {
		u.Evidence.Until = now
	}
	if past := u.Evidence.past(now); past != "" {
		u.Reason += "; " + past
	}
}

// putAtRisk marks what is left of a failing upstream: its uplinks that are not down may be next.
func (v *Verdicts) putAtRisk() {
	n := v.network
	for i, name := range n.upstreams {
		if v.Upstreams[i].Measured != UpstreamFailing {
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
