package service

import (
	"context"
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/steering/incident"
)

// putRetry is how long is waited after a report that was not taken.
const putRetry = 10 * time.Second

// report tells the others what this node concludes and the reports do not say.
func (s *Service) report(ctx context.Context, l look) {
	h := s.history
	members, log := s.node.Members(), h.log.Load()
	c := circumstances{now: l.at, ahead: ahead(members), turn: s.turn(l.plane, members), apart: apart(members), log: log}
	c.blind = l.verdicts != nil && (l.verdicts.Blind || strings.HasPrefix(l.verdicts.Alone, "blind"))
	c.alike = alike(members, l.plane.digest, l.digest())
	words := l.verdictWords(members)
	words = append(words, l.goneWords(log, members)...)
	words = append(words, overrideWords(s.node.Overrides(), l.plane.network, log, s.opts.Config.Node.Name, l.at)...)
	words = append(words, memberWords(members)...)
	if s.opts.Config.Cluster == nil || l.at.Sub(s.started) > lostFor { // else it may be still to come
		words = append(words, strangerWords(log.BadNodes(), members)...)
	}
	words = append(words, s.zoneWords(&l, log)...)
	words = append(words, s.measureWords(log, c.ahead)...)
	words = append(words, h.moved.follow(ctx, s, l, c)...)
	due := h.reporter.due(words, c)
	if len(due) == 0 || l.at.Before(h.retry) {
		return
	}
	if err := h.desk.write(due, l.at, s.node.Put); err != nil {
		h.refused.Add(1)
		h.retry = l.at.Add(putRetry)
		s.log.Warn("an incident is told by this node alone", "error", err)
	} else {
		h.reporter.wrote(due, l.at)
	}
	h.read(s.node.Notes(cluster.TopicReport), s)
}

// turn is this node's place among the members that are heard and see the same network: the first reports at once, and if it
// does not, the next one does a moment later. So that few reports tell of one event, however many nodes see it.
func (s *Service) turn(p *plane, members []cluster.Member) (turn int) {
	for _, m := range members {
		if m.Name < s.opts.Config.Node.Name && m.State == cluster.Alive && m.HeartbeatAge < silent && m.NetworkDigest == p.digest {
			turn++
		}
	}
	return turn
}

// lostFor is for how long a member that was lost may come back, and have been right.
const lostFor = 10 * time.Minute

// apart says whether less than half of the members are heard, this node among them. Those that said farewell, or were lost long
// ago, do not count. Who is heard here is who is asked whether all judge alike: else nobody might be asked, and all agree.
func apart(members []cluster.Member) bool {
	heard, all := 0, 0
	for _, m := range members {
		switch {
		case m.State == cluster.Left, m.State == cluster.Dead && m.HeartbeatAge > lostFor:
			continue
		case m.State == cluster.Alive && m.HeartbeatAge < silent:
			heard++
		}
		all++
	}
	return 2*heard < all
}

// ahead is by how much the clocks of most members are ahead of this node's, so that one wrong clock makes no wrong times:
// the one in the middle, this node's among them.
func ahead(members []cluster.Member) time.Duration {
	var skews []time.Duration
	for _, m := range members {
		if m.State == cluster.Alive {
			skews = append(skews, m.ClockSkew)
		}
	}
	if len(skews) == 0 {
		return 0
	}
	slices.Sort(skews)
	return (skews[(len(skews)-1)/2] + skews[len(skews)/2]) / 2
}

// measureWords are how long all members took to judge alike, when that is known.
func (s *Service) measureWords(log *incident.Log, ahead time.Duration) []word {
	a := s.agreed.Load()
	if a == nil || a == s.history.agreed {
		return nil
	}
	on := "uplink:" + a.On[0]
	if log.Measured(incident.Agreed, on, a.First.Add(ahead)) {
		s.history.agreed = a
		return nil
	}
	r := incident.Report{Kind: incident.Agreed, On: on, To: "agreed", At: a.First.Add(a.Agreed + ahead).UTC(), Took: a.Agreed}
	for _, name := range a.On[1:] {
		if len(r.Names) < 6 && !slices.Contains(r.Names, "uplink:"+name) {
			r.Names = append(r.Names, "uplink:"+name)
		}
	}
	return []word{{report: r, once: true}}
}
