package dnsserver

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"leeward/steering"
	"leeward/zones"
)

// forecast is a forecast in short: names, and from where to where clients of theirs go.
func forecast(t *testing.T, w *world, down, drained string) (*Forecast, string) {
	t.Helper()
	places := func(text string) (list []steering.Place) {
		for _, place := range strings.Fields(text) {
			list = append(list, steering.Place(place))
		}
		return list
	}
	f, err := w.server.WhatIf(Supposition{places(down), places(drained)}, netip.MustParsePrefix("81.2.69.0/24"))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, c := range f.Changes {
		for _, name := range c.Examples {
			text += strings.TrimSuffix(name, ".steer.example. A") + " "
		}
		for _, m := range c.Moves {
			text += m.From + ">" + m.To + " "
		}
		text += "\n"
	}
	for _, s := range f.Single {
		text += "hangs on " + s.Upstream + ": " + strings.Join(s.Examples, " ") + "\n"
	}
	return f, strings.ReplaceAll(text, ".steer.example. A", "")
}

// The rows are what is supposed, and what would change by it.
func TestWhatIf(t *testing.T) {
	w := newWorld(t)
	w.view.Zones = zones.NewSet(w.view.Zones.Zone(nameOf(t, "steer.example.")))
	w.publish(steering.Facts{})
	for _, row := range []struct{ down, drained, want string }{
		{"colo:lhr", "", `below.inner below.origin lhr>fallback 
nearest own.failover lhr>ams 
apart lhr>ams 
below.failover lhr>lhr (failing open) 
checked lhr>ams 
pinned lhr>ams 
two lhr+nrt>ams+nrt 
hangs on eastlink: failover
`},
		{"", "colo:nrt", `home origin nrt>ams 
nearest own.failover nrt>ams nrt>lhr 
*.wild nrt>ams 
all ams+nrt>ams 
apart nrt>lhr 
failover nrt>lhr 
pinned nrt>ams nrt>lhr 
two ams+nrt>ams+lhr lhr+nrt>ams+lhr 
weighted nrt>ams 
hangs on northway: *.wild apart failover home origin own.failover pinned two
`},
		{"colo:ams colo:nrt", "", `closed single.closed ams>nothing 
home origin ams>fallback nrt>fallback 
nearest own.failover ams>lhr nrt>lhr 
*.wild nrt>nrt (failing open) 
all ams+nrt>ams+nrt (failing open) 
apart nrt>lhr 
checked ams>lhr 
failover nrt>lhr 
inner ams>fallback 
pinned ams>lhr nrt>lhr 
two ams+nrt>lhr lhr+nrt>lhr 
weighted ams>ams (failing open) nrt>nrt (failing open) 
hangs on northway: apart failover nearest own.failover pinned two
`},
	} {
		f, got := forecast(t, w, row.down, row.drained)
		if got != row.want {
			t.Errorf("down %q, drained %q:\n%s\nwant\n%s", row.down, row.drained, got, row.want)
		}
		for _, c := range f.Changes {
			total := 0.
			for _, m := range c.Moves {
				total += m.ClientShare
			}
			if total <= 0 || total > 1.000001 {
				t.Errorf("of %v %f of all clients would move", c.Examples, total)
			}
		}
		if f.Client == nil || len(f.Client.Answers)+f.Client.Same != f.Names {
			t.Errorf("of %d RRsets the client has %+v", f.Names, f.Client)
		}
	}
}

// What is foreseen is what happens: for every place alone and every two, the real answers to clients here and there,
// before and after.
func TestWhatIfIsWhatHappens(t *testing.T) {
	w := newWorld(t)
	uplinks := func(places []steering.Place) (names []string) {
		for _, p := range places {
			for _, u := range w.network.Covers(p) {
				names = append(names, w.network.UplinkName(u))
			}
		}
		return names
	}
	clients := []netip.Prefix{netip.MustParsePrefix("81.2.69.0/24"), netip.MustParsePrefix("133.11.0.0/16"), netip.MustParsePrefix("8.8.8.0/24")}
	all := w.network.Places()
	changed := 0
	for i, a := range all {
		for j, b := range all[i:] {
			for k, what := range []Supposition{{Down: []steering.Place{a, b}}, {Down: []steering.Place{a}, Drained: []steering.Place{b}}} {
				client := clients[(i+j+k)%len(clients)]
				w.publish(w.facts(t, nil, nil))
				f, err := w.server.WhatIf(what, client)
				if err != nil {
					t.Fatal(err)
				}
				changed += len(f.Client.Answers)
				before := w.answersTo(t, client)
				w.publish(w.facts(t, uplinks(what.Down), uplinks(what.Drained)))
				wantForeseen(t, f.Client.Answers, before, w.answersTo(t, client), fmt.Sprintf("%v for %s", what, client))
			}
		}
	}
	if changed == 0 {
		t.Error("nothing was ever foreseen to change")
	}
}

// So it is when colos are full, too: what one cannot bear then is poured over the others as it is foreseen.
func TestWhatIfOfFullColos(t *testing.T) {
	w := overlaid(t)
	clients := []string{"81.2.69.0/24", "133.11.0.0/16", "8.8.8.0/24", "200.1.0.0/16", "53.149.0.0/18", "41.0.0.0/16"}
	moved := 0
	for i, place := range w.network.Places() {
		var uplinks []string
		for _, u := range w.network.Covers(place) {
			uplinks = append(uplinks, w.network.UplinkName(u))
		}
		for _, client := range clients[2*(i%3) : 2*(i%3)+2] {
			client := netip.MustParsePrefix(client)
			w.publish(w.full(t))
			f, err := w.server.WhatIf(Supposition{Down: []steering.Place{place}}, client)
			if err != nil {
				t.Fatal(err)
			}
			before := w.answersTo(t, client)
			w.publish(w.full(t, uplinks...))
			wantForeseen(t, f.Client.Answers, before, w.answersTo(t, client), fmt.Sprintf("%s for %s", place, client))
			for i, l := range w.server.View().Verdicts.Demands() {
				if got := f.Demand[i]; math.Abs(got.Then-l.Demand) > 1e-9 || got.Capacity != l.Capacity {
					t.Errorf("%s: colo %s has to bear %g, and %g was foreseen", place, got.Colo, l.Demand, got.Then)
				}
				if f.Demand[i].Then > f.Demand[i].Now {
					moved++
				}
			}
			for _, c := range f.Changes {
				for _, m := range c.Moves {
					if m.DemandShare < 0 || m.DemandShare > 1.000001 || m.DemandShare == 0 && m.ClientShare > 0.05 {
						t.Errorf("%s: of %v %f of the clients and %f of the demand", place, c.Examples, m.ClientShare, m.DemandShare)
					}
				}
			}
		}
	}
	if moved == 0 {
		t.Error("no demand ever moved")
	}
}

// wantForeseen holds what was foreseen against the answers before and after. What was not spoken of must not have changed.
func wantForeseen(t *testing.T, foreseen []ForecastAnswer, before, after map[string]string, what string) {
	t.Helper()
	want := maps.Clone(before)
	for _, a := range foreseen {
		if got := strings.Join(slices.Sorted(slices.Values(a.Before)), " "); got != before[a.Name] {
			t.Fatalf("%s: %s is given %q now, and the forecast says %q", what, a.Name, before[a.Name], got)
		}
		want[a.Name] = strings.Join(slices.Sorted(slices.Values(a.After)), " ")
	}
	if !maps.Equal(want, after) {
		t.Fatalf("%s: the answers are\n%v\nforeseen were\n%v", what, after, want)
	}
}

// answersTo is the addresses that a client is really given, by name.
func (w *world) answersTo(t *testing.T, client netip.Prefix) map[string]string {
	t.Helper()
	answers := map[string]string{}
	for _, z := range w.server.View().Zones.All() {
		for set := range z.SteeredSets() {
			given, _ := w.given(t, set.Owner.String(), client)
			for i := range given {
				given[i], _, _ = strings.Cut(given[i], " ")
			}
			slices.Sort(given)
			answers[set.Owner.String()] = strings.Join(given, " ")
		}
	}
	return answers
}

func nameOf(t *testing.T, text string) zones.Name {
	t.Helper()
	name, err := zones.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return name
}
