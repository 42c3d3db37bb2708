package steering

// IsDown says whether the uplink of a target, or a service, is measured down, by verdicts of this or another network; false
// for none.
func (v *Verdicts) IsDown(n *Network, id TargetID) bool {
	if s := v.service(id); s != nil {
		return s.Measured == Down
	}
	t, ok := n.Target(id)
	if !ok {
		return false
	}
	verdict := v.of(n, t.Uplink)
	return verdict != nil && verdict.Measured == Down
}
