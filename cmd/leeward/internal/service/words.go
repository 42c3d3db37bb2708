package service

import (
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/steering"
	"leeward/steering/incident"
)

// verdictWords are what this node concludes of uplinks, colos, upstreams and services, without what operators say: that is
// told by the overrides. What is not measured now is left out, and so is all by a node that sees nothing of the world.
func (l *look) verdictWords(members []cluster.Member) (list []word) {
	v, n := l.verdicts, l.plane.network
	if v == nil || n == nil || v.Blind || strings.HasPrefix(v.Alone, "blind") {
		return nil
	}
	add := func(on string, to string, verdict *steering.Verdict) {
		w := word{report: incident.Report{Kind: incident.Verdict, On: on, To: to, At: l.at}}
		if to != steering.Up.String() && verdict != nil {
			w.report.Reason = verdict.Reason
			if to == steering.Down.String() {
				w.report.First = firstFailure(verdict, members, l.at)
			}
		}
		list = append(list, w)
	}
	best, unsure := make([]steering.State, len(n.Colos())), make([]bool, len(n.Colos()))
	for u := range v.Uplinks {
		verdict := &v.Uplinks[u]
		state, known := standing(verdict)
		switch c := n.ColoOf(steering.UplinkIndex(u)); {
		case !known:
			unsure[c] = true
		case best[c] == steering.Unknown || state < best[c]:
			best[c] = state
		}
		if known {
			add("uplink:"+n.UplinkName(steering.UplinkIndex(u)), state.String(), verdict)
		}
	}
	for c, state := range best {
		if state == steering.Up || state != steering.Unknown && !unsure[c] {
			add("colo:"+n.Colos()[c].Name, state.String(), nil)
		}
	}
	for i, name := range n.Upstreams() {
		switch verdict := &v.Upstreams[i]; verdict.Measured {
		case steering.UpstreamFailing:
			add("upstream:"+name, verdict.Measured.String(), &steering.Verdict{Reason: verdict.Reason})
		case steering.UpstreamUp:
			add("upstream:"+name, verdict.Measured.String(), nil)
		}
	}
	for i := range v.Services {
		s := &v.Services[i]
		if state, known := standing(&s.Verdict); known {
			add("service:"+n.Service(s.Service), state.String(), &s.Verdict)
		}
	}
	return list
}

// standing is a verdict without what operators say, if it is measured now.
func standing(v *steering.Verdict) (state steering.State, known bool) {
	state = v.State
	if state == steering.Drained {
		state = v.Measured
	}
	return state, state != steering.Unknown && !v.Stale
}

// goneWords say that what the reports tell is in trouble is no more: the network, or a zone, was changed. Each node says so
// of what it does not have, if all members that are heard have the same network.
func (l *look) goneWords(log *incident.Log, members []cluster.Member) (list []word) {
	bad := log.Bad(incident.Verdict)
	if len(bad) == 0 || l.verdicts != nil && l.verdicts.Blind || slices.ContainsFunc(members, l.otherwise) {
		return nil
	}
	places := l.places()
	for _, on := range bad {
		if !places[on] {
			list = append(list, word{report: incident.Report{Kind: incident.Verdict, On: on, To: steering.Up.String(), At: time.Unix(1, 0), Reason: "no longer configured"}})
		}
	}
	return list
}

// otherwise says whether a member is heard that has another network. One that was not heard yet, or has none, is no obstacle.
func (l *look) otherwise(m cluster.Member) bool {
	return m.State == cluster.Alive && m.HeartbeatAge < silent && m.NetworkDigest != l.plane.digest && m.NetworkDigest != steering.Digest{}
}

// places are all that a verdict can be on.
func (l *look) places() map[string]bool {
	places := map[string]bool{}
	if l.verdicts == nil {
		return places // there are no colos
	}
	for u := range l.verdicts.Uplinks {
		places["uplink:"+l.plane.network.UplinkName(steering.UplinkIndex(u))] = true
	}
	for _, c := range l.plane.network.Colos() {
		places["colo:"+c.Name] = true
	}
	for _, name := range l.plane.network.Upstreams() {
		places["upstream:"+name] = true
	}
	for i := range l.verdicts.Services {
		places["service:"+l.plane.network.Service(l.verdicts.Services[i].Service)] = true
	}
	return places
}

// overrideWords are the operators' words that the reports do not tell of. A drain that came and went before anybody looked leaves
// nothing to tell of, and one that the reports say is in force has its end told, however long ago that was: all nodes may have
// been down.
func overrideWords(overrides []steering.Override, network *steering.Network, log *incident.Log, node string, now time.Time) (list []word) {
	for _, o := range overrides {
		state, _ := log.State(incident.Override, string(o.Place), "")
		if state != incident.Drained && (o.Action == steering.Undrain || !o.Active(now) && now.Sub(o.Issued) > tellFor && (o.Until.IsZero() || now.Sub(o.Until) > tellFor)) {
			continue
		}
		r := incident.Report{At: o.Issued, Kind: incident.Override, On: string(o.Place), To: string(o.Action), Reason: o.Reason,
			By: o.By, Issuer: o.Issuer, Number: o.Version, Colo: colosOf(network, o.Place)}
		if !log.Told(r) {
			list = append(list, word{report: r, once: true, own: o.Issuer == node})
		}
		if o.Action != steering.Drain || o.Until.IsZero() || now.Before(o.Until) {
			continue
		}
		r.At, r.To, r.Reason, r.By = o.Until, incident.Expired, "its time is over", ""
		if !log.Told(r) {
			list = append(list, word{report: r, once: true, own: o.Issuer == node})
		}
	}
	return list
}

// tellFor is for how long an override that is over is still told of by who finds that the reports lack it.
const tellFor = time.Hour

// colosOf are the colos in which a place has uplinks, joined by +.
func colosOf(n *steering.Network, place steering.Place) string {
	if n == nil {
		return ""
	}
	var names []string
	for _, u := range n.Covers(place) {
		if name := n.Colos()[n.ColoOf(u)].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// strangerWords end what the reports say of zones at nodes that are no members: they were renamed, or taken away while all were
// down.
func strangerWords(nodes []string, members []cluster.Member) (list []word) {
	for _, node := range nodes {
		if !slices.ContainsFunc(members, func(m cluster.Member) bool { return m.Name == node }) {
			list = append(list, word{report: incident.Report{Kind: incident.Member, On: "member:" + node, To: incident.Left, Reason: "it is no member"}})
		}
	}
	return list
}

// memberWords are which members are there. One that is only late is.
func memberWords(members []cluster.Member) (list []word) {
	for _, m := range members {
		to, reason := incident.Alive, ""
		switch m.State {
		case cluster.Dead:
			to, reason = incident.Dead, "not heard for "+seconds(m.HeartbeatAge)
		case cluster.Left:
			to, reason = incident.Left, "it said farewell"
		}
		list = append(list, word{report: incident.Report{Kind: incident.Member, On: "member:" + m.Name, To: to, Reason: reason, Colo: m.Colo}})
	}
	return list
}
