package service

import (
	"slices"
	"time"

	"leeward/cluster"
	"leeward/steering"
)

// agreement is how long it took from the first probe that failed until every member judged alike, as this node saw it.
// The members' word comes with their heartbeats.
type agreement struct {
	On     []string      // the uplinks that went down
	First  time.Time     // start of the first probe that failed, by this node's clock
	Judged time.Duration // from then until this node's verdict
	Agreed time.Duration // from then until the last member's, by its next heartbeat; 0: not yet
}

// patience is how long an agreement is waited for: members that still judge otherwise by then are told of by status, not
// by a figure.
const patience = 5 * time.Minute

// follow takes in a judgement, and gives the agreement under way after it, or nil.
//
//	under way    the judgement                       members                    then
//	nothing      takes an uplink down that was up    any                        begins
//	any          takes another down                  any                        goes on, with that one
//	any          any                                 all judge as this node     agreed
//	any          any                                 differ for patience        given up
//	any          any                                 differ                     goes on
//
// Only what this node saw up before counts: a node that joins in the middle of an outage was not there at its beginning.
func (a *agreement) follow(p *plane, before, after *steering.Verdicts, members []cluster.Member, now time.Time) *agreement {
	for u := range after.Uplinks {
		if !fell(before, after, u) {
			continue
		}
		first := firstFailure(&after.Uplinks[u], members, now)
		if a == nil {
			a = &agreement{First: first, Judged: now.Sub(first)}
		}
		a.On = append(a.On, p.network.UplinkName(steering.UplinkIndex(u)))
	}
	if a == nil {
		return nil
	}
	took := now.Sub(a.First)
	switch {
	case alike(members, p.digest, after.Digest()):
		a.Agreed = took
	case took > patience:
		return nil
	}
	return a
}

// fell says whether an uplink that was fresh and not down went down.
func fell(before, after *steering.Verdicts, u int) bool {
	if before == nil || len(before.Uplinks) != len(after.Uplinks) {
		return false
	}
	was, is := &before.Uplinks[u], &after.Uplinks[u]
	return is.Measured == steering.Down && !is.Stale && !was.Stale && (was.Measured == steering.Up || was.Measured == steering.AtRisk)
}

// firstFailure is when the first of the probes began that made a verdict: observers tell it by their own clocks.
func firstFailure(v *steering.Verdict, members []cluster.Member, now time.Time) time.Time {
	first := now
	for _, c := range v.Votes {
		if !c.Fresh || c.Vote.State != steering.VoteDown {
			continue
		}
		at := c.Vote.Since.Add(-c.Vote.Doubt)
		if i := slices.IndexFunc(members, func(m cluster.Member) bool { return m.Name == c.Observer }); i >= 0 {
			at = at.Add(-members[i].ClockSkew)
		}
		if at.Before(first) {
			first = at
		}
	}
	return first
}

// silent is after what time without a heartbeat, which comes every second, a member is not waited for: what took the
// uplink down may have taken it too.
const silent = 1500 * time.Millisecond

// alike says whether all members that are heard and have the same network judge alike.
func alike(members []cluster.Member, network, verdicts steering.Digest) bool {
	return !slices.ContainsFunc(members, func(m cluster.Member) bool {
		return m.State == cluster.Alive && m.HeartbeatAge < silent && m.NetworkDigest == network && m.VerdictDigest != verdicts
	})
}
