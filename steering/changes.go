package steering

// Change is a verdict that differs from the one before.
type Change struct {
	On       string // "ams/northway", "upstream northway"
	From, To string
	Reason   string
	Worse    bool
}

// Changes are the verdicts that differ from an earlier judgement of the same network; of another network, or of none,
// all that are not up.
func (v *Verdicts) Changes(before *Verdicts) []Change {
	var list []Change
	n := v.network
	for u := range v.Uplinks {
		after, from := &v.Uplinks[u], Up
		if b := before.of(n, UplinkIndex(u)); b != nil {
			from = b.State
		}
		if after.State != from {
			list = append(list, Change{n.UplinkName(UplinkIndex(u)), from.String(), after.State.String(), after.Reason, after.State > from && after.State > Up})
		}
	}
	for i := range v.Services {
		after, from := &v.Services[i], Up
		if b := before.service(after.ID); b != nil {
			from = b.State
		}
		if after.State != from {
			list = append(list, Change{n.Service(after.Service), from.String(), after.State.String(), after.Reason, after.State > from && after.State > Up})
		}
	}
	for i, name := range n.upstreams {
		after, from := v.Upstreams[i], UpstreamUp
		if b := before.upstream(name); b != nil {
			from = b.State
		}
		if after.State != from {
			list = append(list, Change{"upstream " + name, from.String(), after.State.String(), after.Reason, after.State > UpstreamUp})
		}
	}
	return list
}
