package steering

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// witnessed is a network of the lines given, with one witness for each upstream named.
func witnessed(t testing.TB, witnesses string, lines ...string) *Network {
	t.Helper()
	n := network(t, lines...)
	var list []Witness
	for i, upstream := range strings.Fields(witnesses) {
		list = append(list, NewWitness(upstream, netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 53)))
	}
	n, err := NewNetwork(n.colos, n.check, list...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sheetOf makes an observer's sheet from words "uplink=state" and "witness:upstream=state"; states are up, lossy and down,
// with a ? turning.
func sheetOf(t testing.TB, n *Network, who, votes string) Heard {
	t.Helper()
	node, colo, _ := strings.Cut(who, "@")
	sheet := &Sheet{Observer: node, Colo: colo}
	for _, word := range strings.Fields(votes) {
		name, state, _ := strings.Cut(word, "=")
		var vote Vote
		if upstream, ok := strings.CutPrefix(name, "witness:"); ok {
			for _, w := range n.witnesses {
				if w.Upstream == upstream {
					vote.Target = w.ID
				}
			}
		} else {
			vote.Target = n.targetsOf(n.uplinkNamed(t, name))[0].ID
		}
		state, vote.Turning = strings.CutSuffix(state, "?")
		vote.State = map[string]VoteState{"up": VoteUp, "lossy": VoteLossy, "down": VoteDown}[state]
		if vote.State != VoteUp {
			vote.Detail = "timeout"
		}
		sheet.Votes = append(sheet.Votes, vote)
	}
	return Heard{Sheet: sheet}
}

// Rows follow the chart of blind.
func TestBlind(t *testing.T) {
	n := witnessed(t, "north east", "a: north", "b: east", "c: west", "d: south", "e: mid")
	for _, row := range []struct {
		name, votes string
		want        bool
	}{
		{"no vote", "", false},
		{"votes on its own colo only", "a/north=down", false},
		{"one outside up", "a/north=up b/east=up c/west=down d/south=down e/mid=down", false},
		{"one outside lossy", "b/east=lossy c/west=down d/south=down e/mid=down", false},
		{"a witness up", "b/east=down c/west=down d/south=down witness:north=up", false},
		{"down, but one succeeds again", "b/east=down c/west=down? d/south=down", false},
		{"down, but a witness succeeds again", "b/east=down witness:north=down?", false},
		{"all down, witnesses too", "a/north=up b/east=down witness:north=down witness:east=down", true},
		{"one witness up, one down", "b/east=down witness:north=down witness:east=up", false},
		{"one down, all else begins to fail", "b/east=down c/west=up? witness:north=up? witness:east=lossy?", true},
		{"witnesses alone, all down", "a/north=up witness:north=down", true},
		{"no vote on a witness, three colos down", "a/north=up b/east=down c/west=down d/south=down", true},
		{"no vote on a witness, two colos down", "a/north=up b/east=down c/west=down", false},
	} {
		if got := n.blind(sheetOf(t, n, "n1@a", row.votes).Sheet); got != row.want {
			t.Errorf("%s: blind is %v", row.name, got)
		}
	}
	stranger := &Sheet{Observer: "n1", Colo: "a", Votes: []Vote{{Target: NewWitness("other", n.witnesses[0].Addr).ID, State: VoteDown}}}
	if n.blind(stranger) {
		t.Error("a witness that the network does not have makes blind")
	}
	if v := judge(n, []Heard{sheetOf(t, n, "n1@a", "b/east=up witness:north=up"), {Sheet: stranger}}); v.Strangers != 1 {
		t.Errorf("%d strangers: votes on witnesses of the network are none, on others they are", v.Strangers)
	}
}

// Rows follow the chart of usable: who is blind, who is not, and what is concluded of a/north.
func TestBlindVotes(t *testing.T) {
	const blind, seeing = " witness:north=down", " witness:north=up"
	n := witnessed(t, "north", "a: north", "b: east", "c: west")
	for _, row := range []struct {
		name   string
		sheets []string // node@colo votes
		want   State
		reason string
	}{
		{"a blind observer does not convict", []string{"n1@b a/north=down" + blind, "n2@c a/north=up" + seeing},
			Up, "1 of 1 provider groups say up; 1 blind observer left out"},
		{"nor do several", []string{"n1@b a/north=down" + blind, "n2@b a/north=down" + blind, "n3@c a/north=up" + seeing},
			Up, "1 of 1 provider groups say up; 2 blind observers left out"},
		{"beside a seeing one that says down it does no harm", []string{"n1@b a/north=down" + blind, "n2@c a/north=down" + seeing},
			Down, "1 of 1 provider groups say down: timeout; 1 blind observer left out"},
		{"the inside view of a seeing node decides, where all outside are blind",
			[]string{"n0@a a/north=up b/east=up" + seeing, "n1@b a/north=down" + blind, "n2@c a/north=down" + blind},
			Up, "no outside vote; 1 of 1 inside nodes say up; 2 blind observers left out"},
		{"a blind node's inside view stands back too", []string{"n0@a a/north=down b/east=down" + blind, "n1@b a/north=up" + seeing},
			Up, "1 of 1 provider groups say up"},
		{"also where nobody outside votes", []string{"n0@a a/north=down b/east=down" + blind, "n9@a a/north=up b/east=up" + seeing},
			Up, "no outside vote; 1 of 1 inside nodes say up; 1 blind observer left out"},
		{"a blind node's word on up counts", []string{"n0@a a/north=up b/east=down" + blind, "n9@a a/north=up b/east=up" + seeing},
			Up, "no outside vote; 2 of 2 inside nodes say up"},
		{"all blind: they count", []string{"n1@b a/north=down" + blind, "n2@c a/north=down" + blind},
			Down, "2 of 2 provider groups say down: timeout"},
		{"a seeing one that is not fresh does not help", []string{"n1@b a/north=down" + blind, "n2@c~ a/north=up" + seeing},
			Down, "1 of 1 provider groups say down: timeout"},
		{"nor one that has no vote on it", []string{"n1@b a/north=down" + blind, "n2@c b/east=up" + seeing},
			Down, "1 of 1 provider groups say down: timeout"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := judge(n, heard(t, n, row.sheets)).Uplinks[0]
			if v.State != row.want || v.Reason != row.reason {
				t.Errorf("got %s (%s), want %s (%s)", v.State, v.Reason, row.want, row.reason)
			}
			for _, c := range v.Votes {
				if c.Blind != strings.Contains(row.sheets[slices.IndexFunc(row.sheets, func(s string) bool { return s[:2] == c.Observer })], blind) {
					t.Errorf("%s: blind is %v", c.Observer, c.Blind)
				}
			}
		})
	}
}

// heard makes sheets from lines "node@colo votes"; a ~ after the colo makes one stale.
func heard(t testing.TB, n *Network, lines []string) []Heard {
	t.Helper()
	var list []Heard
	for _, line := range lines {
		who, votes, _ := strings.Cut(line, " ")
		who, stale := strings.CutSuffix(who, "~")
		h := sheetOf(t, n, who, votes)
		if stale {
			h.Age = time.Minute
		}
		list = append(list, h)
	}
	return list
}

// Rows follow the chart of lookAround. The judge is n1 in a; it has concluded with others that b is up and c is down.
func TestAlone(t *testing.T) {
	const blind, seeing = " witness:north=down", " witness:north=up"
	n := witnessed(t, "north", "a: north", "b: east", "c: west")
	company := Judge(n, Facts{Sheets: heard(t, n, []string{"n1@a b/east=up c/west=down" + seeing, "n2@b a/north=up c/west=down" + seeing}),
		Self: Member{"n1", "a"}, Stale: time.Second, Now: testNow})
	for _, row := range []struct {
		name   string
		self   Member
		sheets []string
		want   string // alone, blind, then the uplinks' states, stale ones with *
		first  string // the colo that answers a client near c
	}{
		{"in company", Member{"n1", "a"}, []string{"n1@a b/east=up c/west=up" + seeing, "n2@b c/west=up" + seeing}, "sees: up* up up", "c"},
		{"blind in company", Member{"n1", "a"}, []string{"n1@a a/north=up b/east=down c/west=down" + blind, "n2@b a/north=down c/west=up" + seeing},
			"blind: down down up", "c"},
		{"others fell silent: alone", Member{"n1", "a"}, []string{"n1@a b/east=down c/west=up" + seeing, "n2@b~ b/east=up"}, "alone sees: up* down up", "c"},
		{"another of the same colo is no company", Member{"n1", "a"}, []string{"n1@a c/west=up" + seeing, "n9@a c/west=down" + seeing},
			"alone sees: up* up* up", "c"},
		{"blind and alone: home, and the last verdicts in company", Member{"n1", "a"}, []string{"n1@a a/north=up b/east=down c/west=down" + blind},
			"blind and alone blind: up up* down*", "a"},
		{"home by the inside view", Member{"n1", "a"}, []string{"n1@a a/north=down b/east=down c/west=down" + blind},
			"blind and alone blind: down up* down*", "b"},
		{"with another blind one at home", Member{"n1", "a"}, []string{"n1@a a/north=up b/east=down" + blind, "n9@a a/north=up b/east=down" + blind},
			"blind and alone blind: up up* down*", "a"},
		{"not while another at home sees", Member{"n1", "a"}, []string{"n1@a a/north=up b/east=down c/west=down" + blind, "n9@a a/north=up b/east=up c/west=up" + seeing},
			"alone blind: up up up", "c"},
		{"a node of no colo has no home", Member{"n1", ""}, []string{"n1@ a/north=down b/east=down c/west=down" + blind},
			"blind and alone blind: up* up* down*", "b"},
		{"another of no colo is company", Member{"n1", ""}, []string{"n1@ b/east=down" + blind, "n2@ b/east=up" + seeing}, "blind: up* up down*", "b"},
		{"no vote yet", Member{"n1", "a"}, nil, "alone sees: up* up* down*", "b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := Judge(n, Facts{Sheets: heard(t, n, row.sheets), Before: company, Self: row.self, Stale: time.Second, Now: testNow.Add(time.Minute)})
			got := map[bool]string{true: "blind:", false: "sees:"}[v.Blind]
			if v.Alone != "" {
				got = v.Alone + " " + got
			}
			for u := range v.Uplinks {
				got += " " + v.Uplinks[u].State.String()
				if v.Uplinks[u].Stale {
					got += "*"
				}
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			_, reach := n.Reach(addrs("10.0.0.5", "10.1.0.5", "10.2.0.5"), nil)
			if c := reach.Choose(Client{Region: NewRegion([]ColoIndex{2, 1, 0})}, v, false); n.colos[c.Colo].Name != row.first || c.Home && c.Settled {
				t.Errorf("%s answers, want %s (%+v)", n.colos[c.Colo].Name, row.first, c)
			}
		})
	}
}

// The moment in which a node is alone and not blind yet does not spoil what it knows, nor does a restart.
func TestCompanyIsRemembered(t *testing.T) {
	n := witnessed(t, "north", "a: north", "b: east", "c: west")
	const mine = "n1@a a/north=up b/east=up c/west=down witness:north=up"
	facts := func(before *Verdicts, after time.Duration, sheets ...string) Facts {
		return Facts{Sheets: heard(t, n, sheets), Before: before, Self: Member{"n1", "a"}, Stale: time.Second, Now: testNow.Add(after)}
	}
	v := Judge(n, facts(nil, 0, mine, "n2@b a/north=up c/west=down witness:north=up"))
	v = Judge(n, facts(v, time.Second, "n1@a a/north=up b/east=down c/west=down witness:north=up"))
	if v.Alone != alone || v.Uplinks[1].State != Down {
		t.Fatalf("alone, and not blind yet: %+v", v)
	}
	gone := "n1@a a/north=up b/east=down c/west=down witness:north=down"
	for _, row := range []struct {
		name   string
		before *Verdicts
		want   string
	}{
		{"then blind", v, "this node is blind and alone: no vote counts since 03:04:05; the last verdict in company holds"},
		{"after a restart", Recall(n, nil, v.Remember()), "this node is blind and alone: no vote counts since 03:04:00; the last verdict in company holds"},
		{"never in company", nil, "this node is blind and alone, and knows no verdict concluded in company"},
	} {
		got := Judge(n, facts(row.before, time.Minute, gone)).Uplinks[1]
		want := Up
		if row.before == nil {
			want = Unknown
		}
		if got.State != want || got.Reason != row.want {
			t.Errorf("%s: %s (%s), want %s (%s)", row.name, got.State, got.Reason, want, row.want)
		}
	}
	back := Judge(n, facts(Judge(n, facts(v, time.Minute, gone)), 2*time.Minute, mine, "n2@b a/north=up c/west=up witness:north=up"))
	if back.Alone != "" || back.Uplinks[2].State != Up || back.Uplinks[2].Stale {
		t.Errorf("back in company: %+v", back)
	}
}
