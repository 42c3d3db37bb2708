package steering

import (
	"cmp"
	"slices"
	"time"
)

// Remembered is what is kept of a verdict on an uplink, or a service, while the program is not running. The times at which
// it was seen are rounded down to the minute, so that what is kept does not change all the time; zero is not known.
type Remembered struct {
	Uplink      Place     `json:"uplink"`
	Service     TargetID  `json:"service,omitempty"` // of a service in the uplink; 0: the uplink itself
	Measured    State     `json:"measured"`
	Since       time.Time `json:"since"`
	Seen        time.Time `json:"seen"`
	Company     State     `json:"company"` // what was last concluded in company; unknown if nothing was
	CompanySeen time.Time `json:"company_seen"`
}

// Remember is what to keep of the verdicts: those on uplinks and services that were ever measured.
func (v *Verdicts) Remember() []Remembered {
	var list []Remembered
	for u := range v.Uplinks {
		list = v.Uplinks[u].remember(list, v.network.place(UplinkIndex(u)), 0)
	}
	for i := range v.Services {
		s := &v.Services[i]
		list = s.remember(list, v.network.place(s.Uplink), s.ID)
	}
	return list
}

func (v *Verdict) remember(list []Remembered, uplink Place, service TargetID) []Remembered {
	if v.Measured == Unknown && v.company.measured == Unknown {
		return list
	}
	return append(list, Remembered{Uplink: uplink, Service: service, Measured: v.Measured, Since: v.Since,
		Seen: v.Seen.Truncate(time.Minute), Company: v.company.measured, CompanySeen: v.company.seen.Truncate(time.Minute)})
}

// verdict is what is known of one by what was kept.
func (r *Remembered) verdict() Verdict {
	return Verdict{State: r.Measured, Measured: r.Measured, Since: r.Since, Seen: r.Seen,
		Stale: r.Measured != Unknown, stood: r.Since, company: last{r.Company, r.CompanySeen}}
}

// Recall is the verdicts of an earlier run, all stale, to judge on from. What network and zones do not have is left out.
func Recall(n *Network, services []Service, list []Remembered) *Verdicts {
	v := &Verdicts{network: n, home: noHome, Uplinks: make([]Verdict, len(n.uplinks)), Upstreams: make([]UpstreamVerdict, len(n.upstreams))}
	for _, r := range list {
		if at, found := slices.BinarySearchFunc(services, r.Service, compareServices); found {
			v.Services = append(v.Services, ServiceVerdict{services[at], r.verdict()})
		}
		for u := range v.Uplinks {
			if r.Service == 0 && n.place(UplinkIndex(u)) == r.Uplink {
				v.Uplinks[u] = r.verdict()
			}
		}
	}
	slices.SortFunc(v.Services, func(a, b ServiceVerdict) int { return cmp.Compare(a.ID, b.ID) })
	return v.seal(n, pouring{}, nil)
}
