package steering

import (
	"cmp"
	"net/netip"
	"slices"
)

// Reach is where the addresses of a steered RRset lie: runs of records that share an uplink, colo by colo. It is
// immutable and made at load, so that a query only has to pick among the runs.
type Reach struct {
	runs    []Run
	outside int // records at the end that lie in no uplink
}

// Run is a range of an RRset's records, [From, To), that lie in one uplink.
type Run struct {
	Uplink   UplinkIndex
	Colo     ColoIndex
	From, To uint16
}

// Runs are the runs in the order of colos in the configuration. The caller must not change them.
func (r *Reach) Runs() []Run { return r.runs }

// Outside is how many records, the last of the RRset, lie in no uplink.
func (r *Reach) Outside() int { return r.outside }

// Reach says how to order an RRset's addresses into runs: order[i] is the position in addrs of the record that comes
// i-th. An RRset whose addresses lie in fewer than two uplinks is not steered: reach is nil, order too.
func (n *Network) Reach(addrs []netip.Addr) (order []int, reach *Reach) {
	if n == nil || len(addrs) < 2 {
		return nil, nil
	}
	uplink := make([]UplinkIndex, len(addrs))
	for i, a := range addrs {
		uplink[i] = n.UplinkOf(a)
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(uplink[a], uplink[b]) })
	reach = &Reach{}
	for i, at := range order {
		u := uplink[at]
		switch last := len(reach.runs) - 1; {
		case u == NoUplink:
			reach.outside++
		case last >= 0 && reach.runs[last].Uplink == u:
			reach.runs[last].To++
		default:
			reach.runs = append(reach.runs, Run{Uplink: u, Colo: n.coloOf[u], From: uint16(i), To: uint16(i + 1)})
		}
	}
	if len(reach.runs) < 2 {
		return nil, nil
	}
	return order, reach
}

// Spans says whether the records lie in more than one colo, so that the answer depends on where the client is.
func (r *Reach) Spans() bool { return r.runs[0].Colo != r.runs[len(r.runs)-1].Colo }
