package steering

// Everywhere is the reach of an RRset without a policy that has an address in every uplink: what the network does with clients
// by default. Its records are numbered as the uplinks are. nil: there is no uplink.
func (n *Network) Everywhere() *Reach {
	if n == nil || len(n.uplinks) == 0 {
		return nil
	}
	r := &Reach{}
	for u := range n.uplinks {
		r.runs = append(r.runs, Run{Uplink: UplinkIndex(u), Colo: n.coloOf[u], From: uint16(u), To: uint16(u + 1)})
	}
	return r
}
