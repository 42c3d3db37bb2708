package service

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/cluster"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/incident"
)

// concluded is a look at verdicts on a network of two colos with an uplink each and one with two, of which votes say that some
// are down.
func concluded(t *testing.T, overrides []steering.Override, down ...string) *look {
	t.Helper()
	number := 0
	uplink := func(upstream string) steering.Uplink {
		number++
		return steering.Uplink{Upstreams: []string{upstream}, Prefixes: []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("192.0.%d.0/24", number))},
			Probe: []netip.Addr{netip.MustParseAddr(fmt.Sprintf("192.0.%d.1", number))}}
	}
	n, err := steering.NewNetwork([]steering.Colo{
		{Name: "ams", Uplinks: []steering.Uplink{uplink("northway"), uplink("eastlink")}},
		{Name: "lhr", Uplinks: []steering.Uplink{uplink("northway")}},
		{Name: "nrt", Uplinks: []steering.Uplink{uplink("transpac")}},
	}, steering.Check{Type: steering.CheckTCP, Port: 443})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var sheets []steering.Heard
	for _, observer := range []string{"ams", "lhr", "nrt", "elsewhere"} {
		sheet := &steering.Sheet{Observer: "ns1-" + observer, Colo: observer, Incarnation: 1, Number: 1}
		for _, target := range n.Targets() {
			vote := steering.Vote{Target: target.ID, State: steering.VoteUp}
			if slices.Contains(down, n.UplinkName(target.Uplink)) {
				vote.State, vote.Since = steering.VoteDown, at.Add(-time.Second)
			}
			sheet.Votes = append(sheet.Votes, vote)
		}
		sheets = append(sheets, steering.Heard{Sheet: sheet})
	}
	v := steering.Judge(n, steering.Facts{Sheets: sheets, Overrides: overrides, Stale: time.Second, Now: at})
	return &look{at: at, plane: &plane{network: n}, verdicts: v}
}

// said is words, each as "on to".
func said(words []word, but string) string {
	var list []string
	for _, w := range words {
		if w.report.To != but {
			list = append(list, w.report.On+" "+w.report.To)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// The words on verdicts are without what operators say, and a colo is what its best uplink is.
func TestVerdictWords(t *testing.T) {
	drained := []steering.Override{{Place: "colo:nrt", Action: steering.Drain, Issued: time.Date(2026, 11, 28, 11, 0, 0, 0, time.UTC)}}
	for _, row := range []struct {
		overrides []steering.Override
		down      []string
		want      string
	}{
		{nil, nil, ""},
		{drained, nil, ""},
		{drained, []string{"nrt/transpac"}, "colo:nrt down, uplink:nrt/transpac down"},
		{nil, []string{"ams/eastlink"}, "uplink:ams/eastlink down"},
		{nil, []string{"ams/northway", "lhr/northway"}, "colo:lhr down, uplink:ams/northway down, uplink:lhr/northway down, upstream:northway failing"},
	} {
		words := concluded(t, row.overrides, row.down...).verdictWords(nil)
		if got := said(words, "up"); got != row.want {
			t.Errorf("%v: %s, want %s", row.down, got, row.want)
		}
		for _, w := range words {
			if strings.HasPrefix(w.report.On, "uplink:") && w.report.To == "down" && (w.report.Reason == "" || !w.report.First.Equal(w.report.At.Add(-time.Second))) {
				t.Errorf("%+v has no reason, or another first failure", w.report)
			}
		}
	}
	if words := (&look{plane: &plane{}}).verdictWords(nil); len(words) > 0 {
		t.Errorf("without colos: %v", words)
	}
}

// What the reports say is down and the network does not have any more, is gone.
func TestGoneWords(t *testing.T) {
	log := incident.Fold([]incident.Report{
		{At: time.Unix(1e9, 0), Kind: incident.Verdict, On: "uplink:old/northway", To: "down"},
		{At: time.Unix(1e9, 0), Kind: incident.Verdict, On: "uplink:ams/northway", To: "down"},
		{At: time.Unix(1e9, 0), Kind: incident.Verdict, On: "colo:old", To: "down"},
		{At: time.Unix(2e9, 0), Kind: incident.Verdict, On: "colo:old", To: "up"},
	})
	here, there := steering.Digest{1}, steering.Digest{2}
	with := func(state cluster.State, digest steering.Digest, age time.Duration) cluster.Member {
		return cluster.Member{Name: "b", State: state, NetworkDigest: digest, HeartbeatAge: age}
	}
	bare := &look{plane: &plane{}}
	for _, row := range []struct {
		what   string
		look   *look
		member cluster.Member
		want   string
	}{
		{"another has the same network", concluded(t, nil), with(cluster.Alive, here, 0), "uplink:old/northway up"},
		{"another has another", concluded(t, nil), with(cluster.Alive, there, 0), ""},
		{"another had another, and is not heard", concluded(t, nil), with(cluster.Alive, there, time.Minute), "uplink:old/northway up"},
		{"another had another, and left", concluded(t, nil), with(cluster.Left, there, 0), "uplink:old/northway up"},
		{"another was not heard yet", concluded(t, nil), with(cluster.Alive, steering.Digest{}, 0), "uplink:old/northway up"},
		{"there are no colos", bare, with(cluster.Alive, steering.Digest{}, 0), "uplink:ams/northway up, uplink:old/northway up"},
		{"there are none here", bare, with(cluster.Alive, there, 0), ""},
	} {
		if row.look.plane.network != nil {
			row.look.plane.digest = here
		}
		if got := said(row.look.goneWords(log, []cluster.Member{row.member}), ""); got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
}

// An override is told of once, by its version; that its time is over, too; and what is long past is not.
func TestOverrideWords(t *testing.T) {
	l := concluded(t, nil)
	now := l.at
	o := steering.Override{Place: "upstream:northway", Action: steering.Drain, By: "root@a", Reason: "works", Issued: now.Add(-10 * time.Minute), Version: 3, Issuer: "a"}
	over := o
	over.Until = now.Add(-time.Minute)
	past := over
	past.Issued, past.Until = now.Add(-3*time.Hour), now.Add(-2*time.Hour)
	told := overrideWords([]steering.Override{o}, l.plane.network, incident.Fold(nil), "a", now)
	if len(told) != 1 || told[0].report.Colo != "ams+lhr" || !told[0].own || !told[0].report.At.Equal(o.Issued) {
		t.Fatalf("%+v", told)
	}
	known := incident.Fold([]incident.Report{told[0].report})
	for _, row := range []struct {
		o    steering.Override
		log  *incident.Log
		want string
	}{
		{o, known, ""},
		{over, incident.Fold(nil), "upstream:northway drain, upstream:northway expired"},
		{over, known, "upstream:northway expired"},
		{past, incident.Fold(nil), ""},
		{past, known, "upstream:northway expired"},
		{steering.Override{Place: "upstream:northway", Action: steering.Undrain, Issued: now, Version: 4, Issuer: "b"}, incident.Fold(nil), ""},
		{steering.Override{Place: "upstream:northway", Action: steering.Undrain, Issued: now, Version: 4, Issuer: "b"}, known, "upstream:northway undrain"},
	} {
		if got := said(overrideWords([]steering.Override{row.o}, l.plane.network, row.log, "b", now), ""); got != row.want {
			t.Errorf("%+v: %s, want %s", row.o, got, row.want)
		}
	}
}

// Who is no member has no zones.
func TestStrangerWords(t *testing.T) {
	refused := func(node string) incident.Report {
		return incident.Report{Node: node, At: time.Unix(2e9, 0), Kind: incident.Zone, On: "zone:a.", To: incident.Refused}
	}
	log := incident.Fold([]incident.Report{refused("a"), refused("b"), refused("c"), {Node: "c", At: time.Unix(3e9, 0), Kind: incident.Zone, On: "zone:a.", To: incident.Mended}})
	words := strangerWords(log.BadNodes(), []cluster.Member{{Name: "a"}})
	if got := said(words, ""); got != "member:b left" {
		t.Fatal(got)
	}
	words[0].report.At = time.Unix(4e9, 0)
	ended := incident.Fold([]incident.Report{refused("b"), words[0].report})
	if len(ended.Open()) != 0 {
		t.Errorf("%+v", ended.Open())
	}
}

// What clients are moved from is what they were given before it got worse, though something had just got better.
func TestMovedFrom(t *testing.T) {
	drained := []steering.Override{{Place: "colo:nrt", Action: steering.Drain, Issued: time.Date(2026, 11, 28, 11, 0, 0, 0, time.UTC)}}
	m, views := movement{}, map[string]*dnsserver.View{}
	start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for i, row := range []struct {
		name      string
		overrides []steering.Override
		down      []string
		want      string // what is kept
	}{
		{"drained", drained, nil, ""},
		{"well", nil, nil, ""},
		{"drained again", drained, nil, "well"},
		{"down, too", drained, []string{"ams/northway", "lhr/northway"}, "well"},
		{"still drained", drained, nil, ""},
		{"at last", nil, nil, ""},
	} {
		l := concluded(t, row.overrides, row.down...)
		l.at = start.Add(time.Duration(i) * time.Second)
		l.view = &dnsserver.View{Verdicts: l.verdicts, NSID: row.name}
		views[row.name] = l.view
		if m.remember(*l); m.before != views[row.want] {
			t.Errorf("%s: %v is kept, want %q", row.name, m.before, row.want)
		}
	}
}

// Only members that are gone for certain are told of as gone.
func TestMemberWords(t *testing.T) {
	got := said(memberWords([]cluster.Member{{Name: "a", State: cluster.Alive}, {Name: "b", State: cluster.Suspect}, {Name: "c", State: cluster.Dead}, {Name: "d", State: cluster.Left}}), "alive")
	if got != "member:c dead, member:d left" {
		t.Error(got)
	}
}

// A node that hears half of the members is not apart; those that left, or are lost for good, are none.
func TestApart(t *testing.T) {
	member := func(state cluster.State, age time.Duration) cluster.Member {
		return cluster.Member{State: state, HeartbeatAge: age}
	}
	self, heard, lost := member(cluster.Alive, 0), member(cluster.Alive, time.Second), member(cluster.Suspect, 4*time.Second)
	for _, row := range []struct {
		members []cluster.Member
		apart   bool
	}{
		{[]cluster.Member{self}, false},
		{[]cluster.Member{self, lost}, false},
		{[]cluster.Member{self, heard, lost, lost}, false},
		{[]cluster.Member{self, lost, lost}, true},
		{[]cluster.Member{self, member(cluster.Alive, 3*time.Second), member(cluster.Dead, time.Minute)}, true},
		{[]cluster.Member{self, member(cluster.Left, time.Minute), member(cluster.Dead, time.Hour)}, false},
	} {
		if got := apart(row.members); got != row.apart {
			t.Errorf("%+v: %v", row.members, got)
		}
	}
}

// A thousand bad zones are a few reports, and those that are told of stay told of; new versions are told of now and then.
func TestZoneWordsAreFew(t *testing.T) {
	m := zoneMemory{bad: map[string]word{}, fresh: map[string]word{}}
	for i := range 1000 {
		m.bad[fmt.Sprintf("zone:z%03d.", i)] = word{}
	}
	if got := m.few([]string{"zone:z900.", others}); len(got) != badZones || got[0] != "zone:z900." || got[1] != "zone:z000." {
		t.Error(got)
	}
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	serial := func(on string, number uint64, at time.Time) incident.Report {
		return incident.Report{At: at, Kind: incident.Zone, On: on, To: incident.Serial, Number: number}
	}
	var flood []incident.Report
	for i := range newSerials {
		flood = append(flood, serial("zone:x.", uint64(i), now.Add(-time.Hour)))
	}
	for _, row := range []struct {
		what    string
		reports []incident.Report
		told    bool
		left    int
	}{
		{"never told of", nil, true, 1},
		{"told of", []incident.Report{serial("zone:a.", 7, now.Add(-time.Hour))}, false, 0},
		{"another one long before", []incident.Report{serial("zone:a.", 6, now.Add(-time.Hour))}, true, 1},
		{"another one just before", []incident.Report{serial("zone:a.", 6, now.Add(-time.Minute))}, false, 1},
		{"too many in a day", flood, false, 0},
	} {
		m.fresh = map[string]word{"zone:a.": {report: serial("zone:a.", 7, now), once: true}}
		if list := m.serials(incident.Fold(row.reports), now); len(list) > 0 != row.told || len(m.fresh) != row.left {
			t.Errorf("%s: %v, %d left", row.what, list, len(m.fresh))
		}
	}
}

// Pages are written until they are full, and what is not taken is written again.
func TestDesk(t *testing.T) {
	d, now := desk{node: "a"}, time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	pages := map[string][]byte{}
	put := func(n cluster.Note) (cluster.Note, error) {
		pages[n.Key] = n.Value
		return n, nil
	}
	var reports []incident.Report
	for i := range 40 {
		reports = append(reports, incident.Report{At: now, Kind: incident.Verdict, On: fmt.Sprintf("uplink:c%d/northway", i), To: "down", Reason: "timeout"})
	}
	refuse := func(cluster.Note) (cluster.Note, error) { return cluster.Note{}, fmt.Errorf("no room") }
	if err := d.write(reports[:1], now, refuse); err == nil || len(d.text) > 0 {
		t.Errorf("what was not taken stands on the page: %v", err)
	}
	for i := range reports {
		if err := d.write(reports[i:i+1], now, put); err != nil {
			t.Fatal(err)
		}
	}
	read := 0
	for _, page := range pages {
		list, err := incident.Read("a", page)
		if err != nil {
			t.Fatal(err)
		}
		read += len(list)
	}
	if read != 40 || len(pages) > 8 {
		t.Errorf("%d reports on %d pages", read, len(pages))
	}
	before := d.key
	if err := d.write(reports[:1], now.Add(2*pageFor), put); err != nil || d.key == before {
		t.Errorf("a page is written to for ever: %v", err)
	}
}

// Who listens hears of what is new, and of nothing else; who has stopped hears nothing.
func TestIncidentsAreWatched(t *testing.T) {
	s := &Service{history: newChronicle("a"), log: slog.New(slog.DiscardHandler)}
	changed, stop := s.WatchIncidents()
	other, stopOther := s.WatchIncidents()
	stopOther()
	page, _ := incident.Append(nil, incident.Report{At: time.Now(), Kind: incident.Verdict, On: "uplink:ams/northway", To: "down"})
	note := cluster.Note{Key: "b/1", Value: page, Version: 1, Issuer: "b"}
	s.history.read([]cluster.Note{note}, s)
	if len(changed) != 1 || len(other) != 0 || len(s.Incidents().Open()) != 1 {
		t.Errorf("%d, %d, %v", len(changed), len(other), s.Incidents().Incidents)
	}
	<-changed
	s.history.read([]cluster.Note{note}, s)
	if len(changed) != 0 {
		t.Error("told of what is known")
	}
	s.history.read(nil, s)
	if len(changed) != 1 || len(s.Incidents().Incidents) != 0 {
		t.Error("a note that was dropped is still told of")
	}
	stop()
}
