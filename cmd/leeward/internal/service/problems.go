package service

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

// problems are what an operator should look at, the worst first: where clients are sent although all is down, upstreams
// and uplinks that fail, zones and maps not in use as their files stand, members missed or different, and state that is not
// kept.
func (s *Service) problems(st admin.Status) []string {
	list := append(readyProblems(st.Readiness), healthProblems(st)...)
	list = append(list, s.demandProblems(st)...)
	list = append(list, s.serviceProblems(st)...)
	list = append(list, fileProblems(st)...)
	list = append(list, challengeProblems(st.Challenges)...)
	list = append(list, s.followProblems(st.Members)...)
	if conflicts := s.conflicts.Load(); conflicts != nil {
		list = append(list, *conflicts...)
	}
	c := s.opts.Config.Cluster
	list = append(list, memberProblems(st, c != nil && len(c.Join) > 0)...)
	list = append(list, disagreements(s.node.Members())...)
	list = append(list, s.adminProblems()...)
	list = append(list, s.tellProblems()...)
	if unkept, _ := s.unkept.Load().(string); unkept != "" {
		list = append(list, "the state cannot be kept, a restart would not know verdicts, overrides, challenges and incidents: "+unkept)
	}
	return list
}

// readyProblems is that this node is to be sent no queries, or should not be.
func readyProblems(r admin.Readiness) []string {
	switch {
	case r.Ready && r.Fit:
		return []string{}
	case r.Ready:
		return []string{"this node would withdraw, and goes on as no other is ready: " + r.Reason}
	}
	return []string{"this node is to be sent no queries: " + r.Words()}
}

// healthProblems are what is down, and what this node does not see.
func healthProblems(st admin.Status) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	down, of := 0, 0
	for _, c := range st.Colos {
		for _, u := range c.Uplinks {
			of++
			if u.Measured == steering.Down {
				down++
			}
		}
	}
	if of > 0 && down == of {
		add("EVERYTHING IS DOWN: all %d uplinks; answers fail open", of)
	}
	switch {
	case st.Blind && st.Alone != "":
		add("THIS NODE IS BLIND AND ALONE: it hears nobody and reaches nothing outside its colo; it answers with its own colo first, else by the last verdicts")
	case st.Blind:
		add("this node is blind: it reaches no other colo and no witness; its down votes do not count where others see")
	}
	for _, u := range st.Upstreams {
		if u.Verdict == steering.UpstreamFailing {
			add("upstream %s is failing since %s: %s", u.Name, steering.Clock(u.Since, time.Now()), u.Reason)
		}
	}
	for _, c := range st.Colos {
		for _, u := range c.Uplinks {
			if u.Stale {
				add("nobody who is heard observes uplink %s/%s: %s", c.Name, strings.Join(u.Upstreams, "+"), u.Reason)
			}
			if u.Verdict == steering.Down || u.Verdict == steering.AtRisk {
				add("uplink %s/%s is %s since %s: %s", c.Name, strings.Join(u.Upstreams, "+"), u.Verdict, steering.Clock(u.Since, time.Now()), u.Reason)
			}
		}
	}
	return list
}

// demandProblems are colos that are asked for more than they can bear, and loads that cannot be read.
func (s *Service) demandProblems(st admin.Status) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, c := range st.Colos {
		if d := c.Demand; d != nil && d.Capacity > 0 && d.Demand > d.Capacity {
			add("colo %s is asked for %g answers a second, and its capacity is %g: no other has room", c.Name, d.Demand, d.Capacity)
		}
		if d := c.Demand; d != nil && d.Shed > 0 {
			add("colo %s gives away %.0f %% of its clients: its load is high", c.Name, 100*d.Shed)
		}
	}
	if meter := s.plane.Load().meter; meter != nil && meter.now().err != "" {
		add("the load of colo %s cannot be read: %s", st.Colo, meter.now().err)
	}
	return list
}

// serviceProblems are services that fail, and such as are not probed.
func (s *Service) serviceProblems(st admin.Status) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, v := range st.Services {
		if v.Verdict == steering.Down || v.Verdict == steering.AtRisk {
			add("%s of %s in %s/%s is %s since %s: %s", v.Check, v.Address, v.Colo, strings.Join(v.Upstreams, "+"), v.Verdict,
				steering.Clock(v.Since, time.Now()), v.Reason)
		}
	}
	if over := s.served.Load().over; over > 0 {
		add("check= of policies is for %d addresses more than the %d that are probed: those are as their uplinks", over, steering.MaxServices)
	}
	return list
}

// fileProblems are zones and files of the map that are not in use as they stand.
func fileProblems(st admin.Status) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, z := range st.Zones {
		switch {
		case z.Error == "":
		case z.Origin == "":
			add("%s", z.Error)
		case z.Source != "file":
			add("zone %s is not fresh: %s", z.Origin, z.Error)
		case z.Loaded.IsZero():
			add("NOT SERVED (SERVFAIL): %s", z.Error)
		default:
			add("edit not taken up, serial %d of %s is served: %s", z.Serial, steering.Clock(z.Loaded, time.Now()), z.Error)
		}
	}
	for _, f := range st.Geo {
		if f.Error != "" {
			add("edit not taken up, steering.geo.%s of %s is in use: %s", f.Key, steering.Clock(f.Loaded, time.Now()), f.Error)
		}
	}
	return list
}

// followProblems are nodes whose zones are not to be had.
func (s *Service) followProblems(members []admin.Member) (list []string) {
	states := s.secondaries.Status()
	for _, node := range s.plane.Load().config.Zones.Follow {
		if !slices.ContainsFunc(members, func(m admin.Member) bool { return m.Name == node }) {
			list = append(list, fmt.Sprintf("node %s is followed (zones.follow), and there is no member of that name", node))
		}
		for _, z := range states {
			if z.Origin == editionsOf(node) && z.Error != "" {
				list = append(list, fmt.Sprintf("the list of the zones of node %s is not fresh: %s", node, z.Error))
			}
		}
	}
	return list
}

// memberProblems are those of the cluster. A member that said farewell was stopped on purpose.
func memberProblems(st admin.Status, joins bool) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	others := 0
	for _, m := range st.Members {
		if m.State == string(cluster.Alive) && m.Name != st.Node {
			others++
		}
		switch {
		case m.State == string(cluster.Dead), m.State == string(cluster.Suspect):
			add("member %s is %s, heard %s ago", m.Name, m.State, m.HeartbeatAge)
		case m.ZonesBehind > 0 && m.State == string(cluster.Alive):
			add("member %s has older versions than the node it follows, of zones: %d: %s", m.Name, m.ZonesBehind, lags(m))
		case m.NetworkDigest == "": // no heartbeat yet
		case m.State == string(cluster.Alive) && m.NetworkDigest != st.NetworkDigest:
			add("member %s has another network configuration (%s, here %s)", m.Name, m.NetworkDigest, cmp.Or(st.NetworkDigest, "none"))
		}
	}
	if joins && others == 0 {
		add("no other member is heard, though cluster.join names peers")
	}
	if st.Strangers > 0 {
		add("%d votes on targets that this node's network does not have are counted and not used", st.Strangers)
	}
	return list
}

// How much members may differ before someone should look: in what they conclude, which an ordinary change makes differ for
// a heartbeat or two, and in their clocks, by which drains end and ramps run.
const (
	tolerance = 5 * time.Second
	skew      = 2 * time.Second
)

// disagreements are members that see the same network and conclude otherwise, and clocks that differ.
func disagreements(members []cluster.Member) []string {
	var list []string
	for _, m := range members {
		if m.State != cluster.Alive {
			continue
		}
		if m.Differs > tolerance {
			list = append(list, fmt.Sprintf("member %s has judged otherwise for %s (its verdicts %s)", m.Name, seconds(m.Differs), m.VerdictDigest))
		}
		if m.ClockSkew.Abs() > skew {
			list = append(list, fmt.Sprintf("the clock of member %s differs from this node's by %s: drains end, and ramps run, at different times", m.Name, seconds(m.ClockSkew)))
		}
	}
	return list
}

// lags lists zones that a member has older versions of.
func lags(m admin.Member) string {
	var words []string
	for _, l := range m.Lags {
		words = append(words, fmt.Sprintf("%s has serial %d, newest is %d", l.Zone, l.Serial, l.Newest))
	}
	if more := m.ZonesBehind - len(m.Lags); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, "; ")
}
