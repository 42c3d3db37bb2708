package service

import (
	"net/netip"
	"testing"
	"time"

	"leeward/cluster"
	"leeward/steering"
)

// TestAgreement plays an outage as one node sees it: judgements, and the digests that the members' heartbeats bring.
func TestAgreement(t *testing.T) {
	colo := func(name, prefix, probe string) steering.Colo {
		return steering.Colo{Name: name, Uplinks: []steering.Uplink{{Upstreams: []string{name + "-net"},
			Prefixes: []netip.Prefix{netip.MustParsePrefix(prefix)}, Probe: []netip.Addr{netip.MustParseAddr(probe)}}}}
	}
	network, err := steering.NewNetwork([]steering.Colo{colo("ams", "192.0.2.0/25", "192.0.2.1"), colo("lhr", "192.0.2.128/25", "192.0.2.129")},
		steering.Check{Type: steering.CheckTCP, Port: 443})
	if err != nil {
		t.Fatal(err)
	}
	p := &plane{network: network, digest: steering.Digest{1}}
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	judge := func(state steering.VoteState, at time.Time, before *steering.Verdicts) *steering.Verdicts {
		vote := steering.Vote{Target: network.Targets()[1].ID, State: state}
		if state == steering.VoteDown {
			// The observer's clock is 10 s ahead.
			vote.Since, vote.Doubt = start.Add(10*time.Second+1900*time.Millisecond), 1400*time.Millisecond
		}
		sheet := &steering.Sheet{Observer: "ns1-ams", Colo: "ams", Incarnation: 1, Number: 1, Votes: []steering.Vote{vote}}
		return steering.Judge(network, steering.Facts{Sheets: []steering.Heard{{Sheet: sheet}}, Before: before, Stale: time.Second, Now: at})
	}
	up := judge(steering.VoteUp, start, nil)
	down := judge(steering.VoteDown, start.Add(2*time.Second), up)
	members := func(verdicts steering.Digest) []cluster.Member {
		return []cluster.Member{
			{Name: "ns1-ams", State: cluster.Alive, NetworkDigest: p.digest, VerdictDigest: verdicts, ClockSkew: 10 * time.Second},
			{Name: "ns1-lhr", State: cluster.Alive, NetworkDigest: p.digest, VerdictDigest: down.Digest()},
			{Name: "ns1-old", State: cluster.Alive, NetworkDigest: steering.Digest{9}}, // of another network
			{Name: "ns1-gone", State: cluster.Dead, NetworkDigest: p.digest},
			{Name: "ns1-mute", State: cluster.Alive, NetworkDigest: p.digest, HeartbeatAge: 2 * time.Second},
		}
	}

	var a *agreement
	if a = a.follow(p, nil, down, members(down.Digest()), start); a != nil {
		t.Fatal("a node that starts in the middle of an outage measures it")
	}
	if a = a.follow(p, up, down, members(up.Digest()), start.Add(2*time.Second)); a == nil || a.Agreed > 0 {
		t.Fatalf("one member still judges otherwise: %+v", a)
	}
	if want := 1500 * time.Millisecond; a.Judged != want { // first failure 0.5 s after start, this verdict 2 s after
		t.Errorf("judged after %s, want %s", a.Judged, want)
	}
	if a = a.follow(p, down, down, members(down.Digest()), start.Add(3*time.Second)); a == nil || a.Agreed != 2500*time.Millisecond {
		t.Errorf("all judge alike: %+v, want 2.5s", a)
	}
	if a.On[0] != "lhr/lhr-net" || len(a.On) != 1 {
		t.Errorf("on %v", a.On)
	}

	a = (*agreement)(nil).follow(p, up, down, members(up.Digest()), start.Add(2*time.Second))
	if a = a.follow(p, down, down, members(up.Digest()), start.Add(patience+time.Second)); a != nil {
		t.Error("waits for ever for a member that judges otherwise")
	}
}
