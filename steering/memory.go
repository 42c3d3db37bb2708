package steering

import "time"

// Remembered is what is kept of an uplink's verdict while the program is not running.
type Remembered struct {
	Uplink   Place     `json:"uplink"`
	Measured State     `json:"measured"`
	Since    time.Time `json:"since"`
}

// Remember is what to keep of the verdicts: those of uplinks that were ever measured.
func (v *Verdicts) Remember() []Remembered {
	var list []Remembered
	for u := range v.Uplinks {
		if verdict := &v.Uplinks[u]; verdict.Measured != Unknown {
			list = append(list, Remembered{v.network.place(UplinkIndex(u)), verdict.Measured, verdict.Since})
		}
	}
	return list
}

// Recall is the verdicts of an earlier run, all stale, to judge on from. What the network does not have is left out.
func Recall(n *Network, list []Remembered) *Verdicts {
	v := &Verdicts{network: n, Uplinks: make([]Verdict, len(n.uplinks)), Upstreams: make([]UpstreamVerdict, len(n.upstreams))}
	for _, r := range list {
		for u := range v.Uplinks {
			if n.place(UplinkIndex(u)) == r.Uplink {
				v.Uplinks[u] = Verdict{State: r.Measured, Measured: r.Measured, Since: r.Since, Stale: true}
			}
		}
	}
	return v.seal(n)
}
