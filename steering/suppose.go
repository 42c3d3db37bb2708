package steering

import "slices"

// Suppose is the verdicts as they would be if some uplinks were measured down and others drained, all else being as it
// is. What that leaves of an upstream that would be failing is at risk. Of an uplink that no state has changed nothing else
// has, either: what is about to change by itself is not foreseen.
//
//	an uplink is      supposed down             supposed drained
//	drained           drained, measured down    drained
//	anything else     down                      drained, measured as before
func (v *Verdicts) Suppose(down, drained []UplinkIndex) *Verdicts {
	w := &Verdicts{Uplinks: slices.Clone(v.Uplinks), Upstreams: slices.Clone(v.Upstreams), Services: v.Services, network: v.network, home: v.home}
	for _, u := range down {
		verdict := &w.Uplinks[u]
		verdict.Measured, verdict.Ramp, verdict.Turning, verdict.Stale = Down, Ramp{}, false, false
		if verdict.State != Drained {
			verdict.State, verdict.Reason = Down, "supposed down"
		}
	}
	for _, u := range drained {
		verdict := &w.Uplinks[u]
		verdict.State, verdict.Reason, verdict.Ramp = Drained, "supposed drained", Ramp{}
	}
	for name := range w.attribute().found {
		w.Upstreams[slices.Index(w.network.upstreams, name)].Measured = UpstreamFailing
	}
	w.putAtRisk()
	wants := pouring{}
	if v.poured != nil {
		wants = v.poured.wants
	}
	return w.seal(w.network, wants, v.poured)
}
