package dnsserver

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/steering/geo"
)

// everyone is all IPv4 addresses by region and origin: a client of each, and their part of all.
func everyone(m *geo.Map) map[geo.Class]*someone {
	all := map[geo.Class]*someone{}
	for at := uint64(0); at < 1<<32; {
		addr := netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
		region, depth := m.Lookup(addr)
		origin, deep := m.Origin(addr)
		depth = max(depth, deep)
		class := geo.Class{Region: region, Origin: origin}
		if all[class] == nil {
			all[class] = &someone{client: netip.PrefixFrom(addr, depth)}
		}
		all[class].part += 1 / float64(uint64(1)<<depth)
		at += 1 << (32 - depth)
	}
	return all
}

type someone struct {
	client netip.Prefix
	part   float64
}

// coloOfAddress is where the addresses of the transcripts lie: 127.1.x.x in ams, and so on.
var coloOfAddress = map[string]string{"127.1": "ams", "127.2": "lhr", "127.6": "nrt"}

// sent is in which colos a client's real answer lies; "fallback" where in none.
func (w *world) sent(t *testing.T, name string, client netip.Prefix) string {
	t.Helper()
	given, _ := w.given(t, name, client)
	var colos []string
	for _, line := range given {
		parts := strings.Split(line, ".")
		colo := coloOfAddress[strings.Join(parts[:2], ".")]
		if colo == "" {
			return "fallback"
		}
		if !slices.Contains(colos, colo) {
			colos = append(colos, colo)
		}
	}
	slices.Sort(colos)
	if colos == nil {
		return "nothing"
	}
	return strings.Join(colos, "+")
}

// Flows are what everybody is really answered, added up, before and after.
func TestFlowsAreTheAnswersOfAll(t *testing.T) {
	w := newWorld(t)
	all := everyone(w.view.Map)
	for _, row := range []struct {
		name          string
		down, drained []string
		moves         bool
	}{
		{"nearest", []string{"ams/northway", "lhr/northway"}, nil, true},
		{"nearest", nil, []string{"ams/northway", "ams/eastlink"}, true},
		{"failover", []string{"nrt/eastlink", "nrt/transpac"}, nil, true},
		{"failover", []string{"ams/northway"}, nil, false},
		{"all", []string{"nrt/eastlink", "nrt/transpac"}, nil, true},
		{"pinned", []string{"lhr/northway"}, nil, true},
		{"home", []string{"ams/northway", "nrt/eastlink"}, nil, true},
		{"closed", []string{"ams/northway"}, nil, true},
	} {
		name := row.name + ".steer.example."
		w.publish(w.facts(t, nil, nil))
		before := w.server.View().Verdicts
		want := map[string]float64{}
		was := map[geo.Class]string{}
		for class, one := range all {
			was[class] = w.sent(t, name, one.client)
		}
		w.publish(w.facts(t, row.down, row.drained))
		moved := 0.
		for class, one := range all {
			is := w.sent(t, name, one.client)
			want[regionName(w.network, class.Region)+": "+was[class]+">"+is] += one.part
			if is != was[class] {
				moved += one.part
			}
		}
		f, err := w.server.Flows(FlowsOf{w.server.View(), nameOf(t, name), dns.TypeA, before})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, flow := range f.Flows {
			got[flow.Region+": "+ends(*flow.Before)+">"+ends(flow.Now)] += flow.ClientShare
		}
		for key, part := range want {
			if math.Abs(got[key]-part) > 1e-9 {
				t.Errorf("%s: %q is %g of all, and really %g", row.name, key, got[key], part)
			}
		}
		if len(got) != len(want) || math.Abs(f.Moved-moved) > 1e-9 || (moved > 0) != row.moves {
			t.Errorf("%s: %d flows for %d; %g moved, really %g", row.name, len(got), len(want), f.Moved, moved)
		}
	}
}

// ends is a flow's end without the word that it fails open.
func ends(e FlowEnd) string {
	if len(e.Colos) == 0 {
		return e.Words
	}
	return strings.Join(slices.Sorted(slices.Values(e.Colos)), "+")
}

// Without a name flows are those of an RRset with an address everywhere. Each colo's part is what flows to it, and nearly all
// clients have a place.
func TestFlowsByDefault(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, []string{"lhr/northway"}, nil))
	f, err := w.server.Flows(FlowsOf{w.server.View(), "", 0, nil})
	if err != nil {
		t.Fatal(err)
	}
	sums, total, placed := map[string]float64{}, 0., 0.
	for _, flow := range f.Flows {
		if flow.Before != nil {
			t.Errorf("%+v: nothing is known of before", flow)
		}
		for _, colo := range flow.Now.Colos {
			sums[colo] += flow.ClientShare / float64(len(flow.Now.Colos))
		}
		if total += flow.ClientShare; flow.Location != nil {
			placed += flow.ClientShare
		}
	}
	for _, colo := range f.Colos {
		if math.Abs(colo.Now-sums[colo.Name]) > 1e-9 || colo.Before != 0 || (colo.Name == "lhr") != (colo.Now == 0) {
			t.Errorf("%+v, and %g flows there", colo, sums[colo.Name])
		}
	}
	if math.Abs(total-1) > 1e-9 || placed < 0.8 || f.Compared || f.Name != "" {
		t.Errorf("%g in all, %g with a place, %+v", total, placed, f)
	}
}

// Where clients of one region get different colos, the parts are those of the slices.
func TestFlowsOfSlices(t *testing.T) {
	w := newWorld(t)
	w.publish(w.facts(t, nil, nil))
	f, err := w.server.Flows(FlowsOf{w.server.View(), nameOf(t, "weighted.steer.example."), dns.TypeA, nil})
	if err != nil {
		t.Fatal(err)
	}
	for _, colo := range f.Colos {
		if want := map[string]float64{"ams": 0.5, "nrt": 0.5}[colo.Name]; math.Abs(colo.Now-want) > 0.1 {
			t.Errorf("%s has %g, not about %g", colo.Name, colo.Now, want)
		}
	}
}

func TestFlowsRefused(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"none.steer.example.", "nobody.steer.example.", "plain.steer.example.", "elsewhere.", "."} {
		_, err := w.server.Flows(FlowsOf{w.server.View(), nameOf(t, name), dns.TypeA, nil})
		if _, ok := errors.AsType[*NotSteered](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New().Flows(FlowsOf{}); err == nil {
		t.Error("flows without a view")
	}
	if f, err := New().Flows(FlowsOf{View: &View{}}); err != nil || len(f.Colos)+len(f.Flows) > 0 {
		t.Errorf("without colos: %+v, %v", f, err)
	}
}

// No more flows are listed than a map can show: the small ones that go the same way become one.
func TestFlowsAreBounded(t *testing.T) {
	f := &Flows{}
	for i := range 3 * maxFlows {
		flow := Flow{Region: fmt.Sprint(i), ClientShare: 1 / float64(3*maxFlows), Now: FlowEnd{Words: []string{"ams", "lhr"}[i%2]}}
		flow.place(steering.Location{Lat: float64(i%2) * 50, Lon: float64(10 * (i % 4))}, true)
		f.Flows = append(f.Flows, flow)
	}
	f.Flows[maxFlows].DemandShare = 0.5
	f.cut()
	total := 0.
	for _, flow := range f.Flows {
		total += flow.ClientShare
	}
	smaller := f.Flows[2]
	if len(f.Flows) != maxFlows/2+2 || f.LeftOutOf != 0 || math.Abs(total-1) > 1e-9 || f.Flows[0].Region != fmt.Sprint(maxFlows) ||
		!strings.HasSuffix(smaller.Region, " smaller regions") || smaller.Location == nil || smaller.Location.Lon < 5 || smaller.Location.Lon > 25 {
		t.Errorf("%d flows, %d left out, %g in all, first %+v, third %+v", len(f.Flows), f.LeftOutOf, total, f.Flows[0], smaller)
	}
	f = &Flows{}
	for i := range 3 * maxFlows {
		f.Flows = append(f.Flows, Flow{Region: fmt.Sprint(i), ClientShare: 1 / float64(3*maxFlows), Now: FlowEnd{Words: fmt.Sprint(i)}})
	}
	f.cut()
	if len(f.Flows) != maxFlows || f.LeftOutOf != 2*maxFlows || math.Abs(f.LeftOut-2./3) > 1e-9 {
		t.Errorf("%d flows, %d and %g left out", len(f.Flows), f.LeftOutOf, f.LeftOut)
	}
}

// BenchmarkFlows is what the page asks for when verdicts have changed.
func BenchmarkFlows(b *testing.B) {
	w := newWorld(b)
	f := w.facts(b, []string{"lhr/northway"}, nil)
	w.publish(f)
	before := steering.Judge(w.network, steering.Facts{})
	for b.Loop() {
		if _, err := w.server.Flows(FlowsOf{w.server.View(), "", 0, before}); err != nil {
			b.Fatal(err)
		}
	}
}
