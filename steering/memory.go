package steering

import "time"

// Remembered is what is kept of an uplink's verdict while the program is not running. The times at which it was seen are
// rounded down to the minute, so that what is kept does not change all the time; zero is not known.
type Remembered struct {
	Uplink      Place     `json:"uplink"`
	Measured    State     `json:"measured"`
	Since       time.Time `json:"since"`
	Seen        time.Time `json:"seen"`
	Company     State     `json:"company"` // what was last concluded in company; unknown if nothing was
	CompanySeen time.Time `json:"company_seen"`
}

// Remember is what to keep of the verdicts: those of uplinks that were ever measured.
func (v *Verdicts) Remember() []Remembered {
	var list []Remembered
	for u := range v.Uplinks {
		verdict := &v.Uplinks[u]
		if verdict.Measured == Unknown && verdict.company.measured == Unknown {
			continue
		}
		list = append(list, Remembered{Uplink: v.network.place(UplinkIndex(u)), Measured: verdict.Measured, Since: verdict.Since,
			Seen: verdict.Seen.Truncate(time.Minute), Company: verdict.company.measured,
			CompanySeen: verdict.company.seen.Truncate(time.Minute)})
	}
	return list
}

// Recall is the verdicts of an earlier run, all stale, to judge on from. What the network does not have is left out.
func Recall(n *Network, list []Remembered) *Verdicts {
	v := &Verdicts{network: n, home: noHome, Uplinks: make([]Verdict, len(n.uplinks)), Upstreams: make([]UpstreamVerdict, len(n.upstreams))}
	for _, r := range list {
		for u := range v.Uplinks {
			if n.place(UplinkIndex(u)) == r.Uplink {
				v.Uplinks[u] = Verdict{State: r.Measured, Measured: r.Measured, Since: r.Since, Seen: r.Seen,
					Stale: r.Measured != Unknown, stood: r.Since, company: last{r.Company, r.CompanySeen}}
			}
		}
	}
	return v.seal(n)
}
