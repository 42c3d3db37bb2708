package steering

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"
)

// Service is an address of names whose policies have check=, as that check probes it: a target beside those of the uplinks,
// which can be down in an uplink that is up.
type Service struct{ Target }

// MaxServices is how many services are probed and judged at most, in all zones together. The others are as their uplinks.
const MaxServices = 1000

// service is an address in an uplink as a check probes it.
func (n *Network) service(u UplinkIndex, addr netip.Addr, check string) Service {
	return Service{Target{ID: serviceBit | n.targetID(u, addr, n.checks[check]), Uplink: u, Addr: addr, Check: check}}
}

// serviceBit is set in the hashes of services and in no other, so that a node whose zones do not have a service does not take
// votes on it for those of another network.
const serviceBit = 1

// Services sorts services and leaves out what is there twice, and those beyond MaxServices; over says how many.
func Services(list []Service) (sorted []Service, over int) {
	slices.SortFunc(list, func(a, b Service) int { return cmp.Compare(a.ID, b.ID) })
	sorted = slices.CompactFunc(list, func(a, b Service) bool { return a.ID == b.ID })
	if over = len(sorted) - MaxServices; over > 0 {
		return sorted[:MaxServices], over
	}
	return sorted, 0
}

func compareServices(s Service, id TargetID) int { return cmp.Compare(s.ID, id) }

// ServiceVerdict is what a node concludes of one service.
type ServiceVerdict struct {
	Service
	Verdict
}

// judgeServices judges the services as if each were an uplink of its own, with one target. The upstreams are not judged by
// them: what one service does says nothing of the way to it.
func (v *Verdicts) judgeServices(votes map[TargetID][]Counted, f Facts) {
	v.Services = make([]ServiceVerdict, 0, len(f.Services))
	for _, s := range f.Services {
		before := f.Before.service(s.ID)
		verdict := v.measure(s.Uplink, []Target{s.Target}, votes, before, f)
		verdict.follow(before, v.Alone == "", f.Now)
		if verdict.Ramp.Active() {
			verdict.Reason += "; " + verdict.Ramp.words(f.Now)
		}
		verdict.Since = f.Now
		if before != nil && before.State == verdict.State {
			verdict.Since = before.Since
		}
		v.Services = append(v.Services, ServiceVerdict{s, verdict})
	}
}

// service is the verdict on a service, or nil.
func (v *Verdicts) service(id TargetID) *Verdict {
	if v == nil {
		return nil
	}
	at, found := slices.BinarySearchFunc(v.Services, id, func(s ServiceVerdict, id TargetID) int { return compareServices(s.Service, id) })
	if !found {
		return nil
	}
	return &v.Services[at].Verdict
}

// Of is the verdict that counts for a run: that of its uplink or, where it is worse, of its service.
func (v *Verdicts) Of(run Run) *Verdict {
	uplink := &v.Uplinks[run.Uplink]
	if run.service == 0 {
		return uplink
	}
	if s := v.service(run.service); s != nil && s.State > uplink.State {
		return s
	}
	return uplink
}

// worse is the grade of a service in an uplink.
//
//	the service is     the uplink is              its grade
//	down               up, at risk, down          down
//	down               drained                    drained and down
//	at risk            up                         at risk
//	any                any other                  as the uplink's
//
// It is as unsettled as the two together, and so many slices are back as are to both.
func worse(uplink, service grades) grades {
	g := uplink &^ (unsettled | ramping)
	switch {
	case service&gradeDown != 0 && g&(gradeDrained|gradeDrainedDown) != 0:
		g = gradeDrainedDown
	case service&gradeDown != 0:
		g = gradeDown
	case service&gradeAtRisk != 0 && g == gradeUp:
		g = gradeAtRisk
	}
	return g | (uplink|service)&(unsettled|ramping)
}

// WithChecks is the same network with named checks, which policies refer to by check=. An error names the check at fault.
func (n *Network) WithChecks(checks map[string]Check) (*Network, error) {
	with := *n
	with.checks = maps.Clone(checks)
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		if err := checkName("check", name); err != nil {
			return nil, err
		}
	}
	with.digest = with.sum()
	return &with, nil
}

// Checks are the named checks. The caller must not change them.
func (n *Network) Checks() map[string]Check { return n.checks }

// idOf is a hash as that of what is no service.
func idOf(sum [32]byte) TargetID { return TargetID(binary.BigEndian.Uint64(sum[:])) &^ serviceBit }

// Service names a service: "web of 192.0.2.10 in ams/northway".
func (n *Network) Service(s Service) string {
	return fmt.Sprintf("%s of %s in %s", s.Check, s.Addr, n.UplinkName(s.Uplink))
}
