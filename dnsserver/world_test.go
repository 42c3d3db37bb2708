package dnsserver

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

// world is the network of the transcripts: three colos of the demo's world.
type world struct {
	server  *Server
	network *steering.Network
	view    View
}

func testNetwork(t testing.TB) *steering.Network {
	uplink := func(upstream, prefix string) steering.Uplink {
		p := netip.MustParsePrefix(prefix)
		return steering.Uplink{Upstreams: []string{upstream}, Prefixes: []netip.Prefix{p}, Probe: []netip.Addr{p.Addr().Next()}}
	}
	network, err := steering.NewNetwork([]steering.Colo{
		{Name: "ams", Location: steering.Location{Lat: 52.31, Lon: 4.76}, Uplinks: []steering.Uplink{
			uplink("northway", "127.1.1.0/24"), uplink("eastlink", "127.1.2.0/24")}},
		{Name: "lhr", Location: steering.Location{Lat: 51.47, Lon: -0.45}, Uplinks: []steering.Uplink{
			uplink("northway", "127.2.1.0/24")}},
		{Name: "nrt", Location: steering.Location{Lat: 35.76, Lon: 140.39}, Uplinks: []steering.Uplink{
			uplink("eastlink", "127.6.1.0/24"), uplink("transpac", "127.6.2.0/24")}},
	}, steering.Check{Type: steering.CheckTCP, Port: 443})
	if err == nil {
		network, err = network.WithChecks(map[string]steering.Check{"web": {Type: steering.CheckHTTP, Port: 80}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return network
}

func newWorld(t testing.TB) *world {
	network := testNetwork(t)
	var list []*zones.Zone
	for _, origin := range []string{"example.com.", "other.example.", "sub.other.example.", "nsec.example.", "optout.example.",
		"book.example.", "steer.example.", "alias.example."} {
		name, err := zones.ParseName(origin)
		if err != nil {
			t.Fatal(err)
		}
		z, _, err := zones.Parse(zones.Source{Origin: name, File: "testdata/zones/" + origin + "zone", Network: network})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, z)
	}
	w := &world{server: New(), network: network, view: View{
		Zones: zones.NewSet(list...), Network: network, Map: clients.of(t, network), Verdicts: steering.Judge(network, steering.Facts{}),
		TTL: steering.TTL{Min: 5, Max: 30}, NSID: "ns1-ams", Version: "leeward test", UDPSize: 1232, KeepAlive: 10 * time.Second,
		Tally: NewTally(network), Cookies: NewCookies(secret(t, secretA), secret(t, secretB)),
	}}
	w.publish(steering.Facts{})
	return w
}

// clients is the map of all worlds, whose colos are in the same places. It is made once: that takes longer than most tests.
var clients worldMap

type worldMap struct {
	once sync.Once
	made *geo.Map
}

func (w *worldMap) of(t testing.TB, network *steering.Network) *geo.Map {
	t.Helper()
	w.once.Do(func() {
		database, err := geo.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		w.made, err = geo.Compile(geo.Options{Database: database, ASNs: asns(t), Network: network, Fallback: network.Colos()[0].Location})
		if err != nil {
			t.Fatal(err)
		}
	})
	return w.made
}

// asns has two networks of AS64500.
func asns(t testing.TB) *geo.ASNs {
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "ASN"})
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"8.8.8.0/24", "133.12.9.0/24"} {
		_, network, _ := net.ParseCIDR(prefix)
		if err := tree.Insert(network, mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64500)}); err != nil {
			t.Fatal(err)
		}
	}
	var data bytes.Buffer
	if _, err := tree.WriteTo(&data); err != nil {
		t.Fatal(err)
	}
	d, err := geo.OpenASNs(data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) publish(f steering.Facts) {
	view := w.view
	view.Verdicts = steering.Judge(w.network, f)
	w.server.Publish(&view)
}

// facts makes every observer say down of the uplinks and of the addresses of services in the first list, and an operator drain
// the uplinks in the second.
func (w *world) facts(t testing.TB, down, drained []string) steering.Facts {
	f := steering.Facts{Stale: 1}
	f.Services, _ = steering.Services(w.view.Zones.Services())
	for _, colo := range w.network.Colos() {
		sheet := &steering.Sheet{Observer: "ns1-" + colo.Name, Colo: colo.Name}
		for _, target := range w.network.Targets() {
			vote := steering.Vote{Target: target.ID}
			if slices.Contains(down, w.network.UplinkName(target.Uplink)) {
				vote.State = steering.VoteDown
			}
			sheet.Votes = append(sheet.Votes, vote)
		}
		for _, s := range f.Services {
			vote := steering.Vote{Target: s.ID}
			if slices.Contains(down, s.Addr.String()) {
				vote.State = steering.VoteDown
			}
			sheet.Votes = append(sheet.Votes, vote)
		}
		f.Sheets = append(f.Sheets, steering.Heard{Sheet: sheet})
	}
	for _, name := range drained {
		place, err := steering.ParsePlace("uplink:" + name)
		if err != nil || len(w.network.Covers(place)) == 0 {
			t.Fatal(name, err)
		}
		f.Overrides = append(f.Overrides, steering.Override{Place: place, Action: steering.Drain})
	}
	return f
}

// rise makes all votes on an uplink tell of a ramp in which so many slices are back.
func (w *world) rise(f *steering.Facts, uplink string, back int) {
	f.Ramp, f.Now = 100*time.Second, time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for _, h := range f.Sheets {
		for i := range h.Sheet.Votes {
			target, known := w.network.Target(h.Sheet.Votes[i].Target)
			if v := &h.Sheet.Votes[i]; known && w.network.UplinkName(target.Uplink) == uplink {
				v.Rose, v.Falls, v.Since = true, 1, f.Now.Add(-time.Duration(back)*time.Second)
			}
		}
	}
}
