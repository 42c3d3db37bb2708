package dnsserver

import (
	"encoding/json"
	"net/netip"
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
		{"colo:lhr", "", `nearest own.failover lhr>ams 
below.failover lhr>lhr (failing open) 
hangs on eastlink: failover
`},
		{"", "colo:nrt", `nearest own.failover nrt>ams nrt>lhr 
*.wild nrt>ams 
all ams+nrt>ams 
failover nrt>lhr 
home nrt>ams 
weighted nrt>ams 
hangs on northway: *.wild failover home own.failover weighted
`},
		{"colo:ams colo:nrt", "", `closed single.closed ams>nothing 
nearest own.failover ams>lhr nrt>lhr 
*.wild nrt>nrt (failing open) 
all ams+nrt>ams+nrt (failing open) 
failover nrt>lhr 
home ams>fallback nrt>fallback 
weighted ams>ams (failing open) nrt>nrt (failing open) 
hangs on northway: failover nearest own.failover
`},
	} {
		f, got := forecast(t, w, row.down, row.drained)
		if got != row.want {
			t.Errorf("down %q, drained %q:\n%s\nwant\n%s", row.down, row.drained, got, row.want)
		}
		for _, c := range f.Changes {
			total := 0.
			for _, m := range c.Moves {
				total += m.Share
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

// What is foreseen is what happens: for every place alone and every two, the answers of clients everywhere.
func TestWhatIfIsWhatHappens(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, nil, nil))
	clients := []netip.Prefix{netip.MustParsePrefix("81.2.69.0/24"), netip.MustParsePrefix("133.11.0.0/16"), netip.MustParsePrefix("8.8.8.0/24")}
	all := w.network.Places()
	for i, a := range all {
		for _, b := range all[i:] {
			for _, drain := range []bool{false, true} {
				w.publish(w.facts(t, nil, nil))
				what := Supposition{Down: []steering.Place{a, b}}
				if drain {
					what = Supposition{Down: []steering.Place{a}, Drained: []steering.Place{b}}
				}
				var foreseen []string
				for _, client := range clients {
					foreseen = append(foreseen, w.foreseen(t, what, client))
				}
				var down, drained []string
				for _, p := range what.Down {
					for _, u := range w.network.Covers(p) {
						down = append(down, w.network.UplinkName(u))
					}
				}
				for _, p := range what.Drained {
					for _, u := range w.network.Covers(p) {
						drained = append(drained, w.network.UplinkName(u))
					}
				}
				w.publish(w.facts(t, down, drained))
				for c, client := range clients {
					if got := w.foreseen(t, Supposition{}, client); got != foreseen[c] {
						t.Fatalf("%v, drained %v: %s is given\n%s\nforeseen was\n%s", what.Down, what.Drained, client, got, foreseen[c])
					}
				}
			}
		}
	}
}

// foreseen is all addresses that a client would be given.
func (w *world) foreseen(t *testing.T, what Supposition, client netip.Prefix) string {
	t.Helper()
	view := *w.server.View()
	down, err := view.covered(what.Down, new([]string))
	if err != nil {
		t.Fatal(err)
	}
	drained, err := view.covered(what.Drained, new([]string))
	if err != nil {
		t.Fatal(err)
	}
	view.Verdicts = view.Verdicts.Suppose(down, drained)
	region, depth := view.Map.Lookup(client.Addr())
	asks := steering.Client{Region: region}
	asks.Key, _ = steering.KeyOf(client.Addr(), depth)
	given := map[string][]string{}
	for _, z := range view.Zones.All() {
		for set := range z.SteeredSets() {
			given[set.Owner.String()] = view.addresses(set, asks)
		}
	}
	text, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func nameOf(t *testing.T, text string) zones.Name {
	t.Helper()
	name, err := zones.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return name
}
