package service

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
	"leeward/zones/transfer"
)

// Explain is why a client gets the answer it gets. With a geo database it reads that anew, so that two of them never are in
// memory at once.
func (s *Service) Explain(name zones.Name, qtype uint16, asker dnsserver.Asker) (*dnsserver.Explanation, error) {
	if p := s.plane.Load(); p != nil && p.network != nil && p.atlas.recipe.files[geo.FromDatabase] != "" {
		s.asking.Lock()
		defer s.asking.Unlock()
	}
	return s.server.Explain(name, qtype, asker)
}

// WhatIf says what would become of the steered answers if uplinks were down or drained, and of those of a client, if one is
// given.
func (s *Service) WhatIf(what dnsserver.Supposition, client netip.Prefix) (*dnsserver.Forecast, error) {
	return s.server.WhatIf(what, client)
}

// Handler is the admin API of the node behind a door.
func (s *Service) Handler(door admin.Door) http.Handler { return admin.Handler(s, s.metrics(), door) }

// View is what the node answers from, nil before it is ready.
func (s *Service) View() *dnsserver.View { return s.server.View() }

// Status is the node's view of the world.
func (s *Service) Status() admin.Status {
	cfg := s.opts.Config
	st := admin.Status{Node: cfg.Node.Name, Colo: cfg.Node.Colo, Version: s.opts.Version, Started: s.started, Readiness: s.Readiness(),
		Colos: []admin.Colo{}, Upstreams: []admin.Upstream{}, Services: []admin.Service{}, Members: []admin.Member{}, Zones: []admin.Zone{},
		Overrides: []admin.Override{}, Geo: s.plane.Load().mapStatus(), Problems: []string{}}
	if view := s.server.View(); view != nil && view.Network != nil {
		st.NetworkDigest, st.VerdictDigest = s.plane.Load().digest.String(), view.Verdicts.Digest().String()
		st.Strangers, st.Blind, st.Alone = view.Verdicts.Strangers, view.Verdicts.Blind, view.Verdicts.Alone
		st.Colos, st.Upstreams = colos(view.Network, view.Verdicts), upstreams(view.Network, view.Verdicts)
		st.Services = services(view.Network, view.Verdicts)
	}
	for _, m := range s.node.Members() {
		st.Members = append(st.Members, member(m))
	}
	st.Zones = s.zoneStatus()
	for _, o := range s.node.Overrides() {
		if o.Active(time.Now()) {
			st.Overrides = append(st.Overrides, override(o))
		}
	}
	st.Challenges = s.Challenges()
	st.Agreement = agreed(s.agreed.Load())
	st.Incidents = s.openIncidents()
	st.Problems = s.problems(st)
	return st
}

func colos(n *steering.Network, v *steering.Verdicts) []admin.Colo {
	list := []admin.Colo{}
	for c, colo := range n.Colos() {
		shown := admin.Colo{Name: colo.Name, Location: admin.Location(colo.Location), Verdict: v.Colo(n, steering.ColoIndex(c)), Uplinks: []admin.Uplink{}}
		if all := v.Demands(); all != nil {
			l := all[c]
			shown.Demand = &admin.Demand{Capacity: l.Capacity, Demand: tenth(l.Demand), Natural: tenth(l.Natural),
				Load: loadOf(v, steering.ColoIndex(c)), Shed: float64(l.Shed) / steering.Slices}
		}
		list = append(list, shown)
	}
	for u, uplink := range n.Uplinks() {
		verdict := &v.Uplinks[u]
		shown := admin.Uplink{Upstreams: uplink.Upstreams, Verdict: verdict.State, Measured: verdict.Measured,
			Reason: verdict.Reason, Since: verdict.Since.Truncate(time.Second), Stale: verdict.Stale, Seen: moment(verdict.Seen),
			Ramp: ramp(verdict.Ramp), Votes: []admin.Vote{}}
		for _, vote := range verdict.Votes {
			target, _ := n.Target(vote.Vote.Target)
			shown.Votes = append(shown.Votes, voteOf(vote, target.Addr))
		}
		colo := &list[n.ColoOf(steering.UplinkIndex(u))]
		colo.Uplinks = append(colo.Uplinks, shown)
	}
	return list
}

// loadOf is the load of a colo, nil if it is not known.
func loadOf(v *steering.Verdicts, c steering.ColoIndex) *float64 {
	if l := v.Load(c); l.Known {
		return &l.Value
	}
	return nil
}

// tenth rounds to a tenth.
func tenth(x float64) float64 { return math.Round(10*x) / 10 }

func voteOf(c steering.Counted, addr netip.Addr) admin.Vote {
	return admin.Vote{Observer: c.Observer, Colo: c.Colo, Address: addr.String(),
		State: c.Vote.State.String(), Up: c.Vote.State != steering.VoteDown, Detail: c.Vote.Detail,
		Age: seconds(c.Age), Fresh: c.Fresh, Blind: c.Blind, Falls: int(c.Vote.Falls)}
}

// services are the verdicts on the addresses that check= of policies has probed.
func services(n *steering.Network, v *steering.Verdicts) []admin.Service {
	list := []admin.Service{}
	for i := range v.Services {
		s := &v.Services[i]
		shown := admin.Service{Check: s.Check, Address: s.Addr.String(), Colo: n.Colos()[n.ColoOf(s.Uplink)].Name,
			Upstreams: n.Uplinks()[s.Uplink].Upstreams, Verdict: s.State, Reason: s.Reason, Since: s.Since.Truncate(time.Second),
			Stale: s.Stale, Ramp: ramp(s.Ramp), Votes: []admin.Vote{}}
		for _, vote := range s.Votes {
			shown.Votes = append(shown.Votes, voteOf(vote, s.Addr))
		}
		list = append(list, shown)
	}
	slices.SortStableFunc(list, func(a, b admin.Service) int {
		return cmp.Or(strings.Compare(a.Check, b.Check), strings.Compare(a.Colo, b.Colo), strings.Compare(a.Address, b.Address))
	})
	return list
}

func upstreams(n *steering.Network, v *steering.Verdicts) []admin.Upstream {
	list := []admin.Upstream{}
	for i, name := range n.Upstreams() {
		verdict := v.Upstreams[i]
		list = append(list, admin.Upstream{Name: name, Verdict: verdict.State, Measured: verdict.Measured, Reason: verdict.Reason,
			Since: verdict.Since.Truncate(time.Second), Evidence: evidence(verdict.Evidence)})
	}
	return list
}

func evidence(e steering.Evidence) *admin.Evidence {
	if e.Since.IsZero() {
		return nil
	}
	return &admin.Evidence{Down: e.Lost, Since: e.Since.UTC().Truncate(time.Second), Until: moment(e.Until), Seen: e.Seen, Groups: e.Groups,
		ElsewhereDown: e.ElsewhereDown, ElsewhereOf: e.ElsewhereOf}
}

func ramp(r steering.Ramp) *admin.Ramp {
	if !r.Active() {
		return nil
	}
	return &admin.Ramp{Start: r.Start.UTC().Truncate(time.Second), End: r.End.UTC().Truncate(time.Second), Back: int(r.Back)}
}

// moment is a time to the second, or nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func member(m cluster.Member) admin.Member {
	shown := admin.Member{Name: m.Name, Colo: m.Colo, State: string(m.State), HeartbeatAge: seconds(m.HeartbeatAge),
		NetworkDigest: digest(m.NetworkDigest), VerdictDigest: digest(m.VerdictDigest), Version: m.Version,
		ClockSkew: seconds(m.ClockSkew), SheetAge: seconds(m.SheetAge), Differs: seconds(m.Differs), Addresses: []string{},
		Edition: m.Zones.Edition, ZonesBehind: m.Zones.Behind, Lags: []admin.Lag{}}
	for _, l := range m.Zones.Lags {
		shown.Lags = append(shown.Lags, admin.Lag(l))
	}
	if m.Addr.IsValid() {
		shown.Address = m.Addr.String()
	}
	for _, a := range m.Addrs {
		shown.Addresses = append(shown.Addresses, a.String())
	}
	return shown
}

func agreed(a *agreement) *admin.Agreement {
	if a == nil {
		return nil
	}
	return &admin.Agreement{On: a.On, FirstFailure: a.First.UTC().Truncate(time.Millisecond),
		JudgedAfter: a.Judged.Round(time.Millisecond).String(), AgreedAfter: a.Agreed.Round(time.Millisecond).String()}
}

// digest shows a digest, "" for that of nothing.
func digest(d steering.Digest) string {
	if d == (steering.Digest{}) {
		return ""
	}
	return d.String()
}

// zoneStatus is the state of all zones, those in files first.
func (s *Service) zoneStatus() []admin.Zone {
	list := []admin.Zone{}
	for z := range s.store.Status() {
		list = append(list, zone(z))
	}
	slices.SortStableFunc(list, func(a, b admin.Zone) int { return strings.Compare(a.Origin, b.Origin) })
	return append(list, s.fetched()...)
}

func zone(z zones.Status) admin.Zone {
	shown := admin.Zone{Source: "file", File: z.File, Serial: z.Serial, FileSerial: z.FileSerial, Records: z.Records, Steered: z.Steered,
		Loaded: z.Loaded.UTC().Truncate(time.Second), Error: z.Error, Warnings: []string{}}
	if z.Origin != "" {
		shown.Origin = z.Origin.String()
	}
	for _, w := range z.Warnings {
		shown.Warnings = append(shown.Warnings, w.String())
	}
	return shown
}

// fetched shows the zones that come from elsewhere. The lists of followed nodes are no zones of anybody's.
func (s *Service) fetched() (list []admin.Zone) {
	editions := map[zones.Name]bool{}
	for _, node := range s.plane.Load().config.Zones.Follow {
		editions[editionsOf(node)] = true
	}
	for _, z := range s.secondaries.Status() {
		if editions[z.Origin] {
			continue
		}
		shown := admin.Zone{Origin: z.Origin.String(), Source: "secondary", Serial: z.Serial, FileSerial: z.Serial, Records: z.Records,
			Steered: z.Steered, Loaded: z.Transferred.UTC().Truncate(time.Second), Checked: moment(z.Checked), Expires: moment(z.Expires),
			Error: z.Error, Warnings: append([]string{}, z.Warnings...)}
		switch {
		case editions[z.Catalog]:
			shown.Source = "follow"
		case z.Catalog != "":
			shown.Source = "catalog"
		}
		if z.Primary.IsValid() {
			shown.Primary = z.Primary.String()
		}
		if z.State != transfer.Serving {
			shown.Error = strings.Trim(string(z.State)+": "+shown.Error, ": ")
		}
		list = append(list, shown)
	}
	return list
}

// seconds shows a duration to a tenth, which is never a zero with a minus.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", tenth(d.Seconds())+0) }
