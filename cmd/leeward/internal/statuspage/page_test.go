package statuspage

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leeward/steering/incident"
)

// noon is when the tests happen.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 123456789, time.UTC)

// verdict is a node's word on a thing, so many seconds after noon.
func verdict(after int, on, to, reason string) incident.Report {
	r := incident.Report{Node: "ns1-secret", At: noon.Add(time.Duration(after) * time.Second), Kind: incident.Verdict, On: on, To: to, Reason: reason}
	if to == "down" {
		r.First = r.At.Add(-2100 * time.Millisecond)
	}
	return r
}

// outage is an upstream that takes two colos with it, and half of a third; from up on, all is over.
func outage(over bool) []incident.Report {
	list := []incident.Report{
		verdict(0, "uplink:lhr/northway", "down", "3 of 3 groups say down: 192.0.2.99 timeout"),
		verdict(0, "uplink:ams/northway", "down", "connection refused by 10.1.2.3"),
		verdict(0, "colo:lhr", "down", "its only uplink"),
		verdict(0, "colo:ams", "at-risk", "one of its uplinks"),
		verdict(1, "upstream:northway", "failing", "seen by ns1-secret"),
		{Node: "ns1-secret", At: noon.Add(2 * time.Second), Kind: incident.Agreed, On: "uplink:lhr/northway", Took: 2400 * time.Millisecond},
		{Node: "ns1-secret", At: noon.Add(2 * time.Second), Kind: incident.Moved, On: "uplink:lhr/northway", Share: 0.42, Total: 2, Names: []string{"hidden.example. A"}, TTL: 30 * time.Second},
	}
	if over {
		for _, on := range []string{"uplink:lhr/northway", "uplink:ams/northway", "colo:lhr", "colo:ams", "upstream:northway"} {
			list = append(list, verdict(600, on, "up", "5 of 5 say up"))
		}
	}
	return list
}

// drain is an operator's word on a place.
func drain(after int, on string) incident.Report {
	return incident.Report{Node: "ns1-secret", At: noon.Add(time.Duration(after) * time.Second), Kind: incident.Override, On: on, To: incident.Drained,
		Reason: "Bob broke the router", By: "alice@bastion", Issuer: "ns1-secret", Number: 1}
}

func zoneRefused() incident.Report {
	return incident.Report{Node: "ns1-secret", At: noon, Kind: incident.Zone, On: "zone:hidden.example.", To: incident.Refused, Reason: "/etc/zones/hidden.zone:3: bad"}
}

func options() Options {
	return Options{Title: "Example status", URL: "https://status.example.com/", Colos: []string{"ams", "lhr", "iad"}, Named: true, Upstreams: true}
}

// get is what is served at a path.
func get(t *testing.T, o Options, reports []incident.Report, path string) string {
	t.Helper()
	var s Site
	if err := s.Publish(o, incident.Fold(reports)); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

var paths = []string{"/", "/incidents.json", "/feed.atom", "/feed.rss", "/style.css"}

// Each row is what happens, and what is told of it: the state, the summary, and the colos.
func TestPage(t *testing.T) {
	for _, row := range []struct {
		name    string
		change  func(*Options)
		reports []incident.Report
		state   state
		summary string
		colos   string
	}{
		{"nothing", nil, nil, well, "All is well.", "ams well, lhr well, iad well"},
		{"an upstream", nil, outage(false), disturbed, "Upstream provider northway is failing.", "ams disturbed, lhr unreachable, iad well"},
		{"upstreams are not named", func(o *Options) { o.Upstreams = false }, outage(false), disturbed, "One of our upstream providers is failing.",
			"ams disturbed, lhr unreachable, iad well"},
		{"colos are not named", func(o *Options) { o.Named = false }, outage(false), disturbed, "Upstream provider northway is failing.", ""},
		{"it is over", nil, outage(true), well, "All is well.", "ams well, lhr well, iad well"},
		{"a colo", nil, []incident.Report{verdict(0, "uplink:lhr/northway", "down", ""), verdict(0, "colo:lhr", "down", "")}, disturbed, "lhr cannot be reached.",
			"ams well, lhr unreachable, iad well"},
		{"a colo without its name", func(o *Options) { o.Named = false }, []incident.Report{verdict(0, "uplink:lhr/northway", "down", ""),
			verdict(0, "colo:lhr", "down", "")}, disturbed, "One of our places cannot be reached.", ""},
		{"an uplink", nil, []incident.Report{verdict(0, "uplink:ams/eastlink+transpac", "down", "")}, disturbed,
			"A connection of ams is failing, through eastlink and transpac.", "ams disturbed, lhr well, iad well"},
		{"an uplink at risk", nil, []incident.Report{verdict(0, "uplink:ams/eastlink", "at-risk", "")}, disturbed, "A connection of ams is disturbed, through eastlink.",
			"ams disturbed, lhr well, iad well"},
		{"a service", nil, []incident.Report{verdict(0, "service:web of 192.0.2.99 in iad/northway", "down", "")}, disturbed, "A service in iad is failing.",
			"ams well, lhr well, iad disturbed"},
		{"everything", nil, []incident.Report{verdict(0, "colo:ams", "down", ""), verdict(200, "colo:lhr", "down", ""), verdict(400, "colo:iad", "down", "")}, disturbed,
			"None of our places can be reached. iad cannot be reached. 2 more incidents are open.", "ams unreachable, lhr unreachable, iad unreachable"},
		{"a drain", nil, []incident.Report{drain(0, "colo:lhr")}, maintenance, "Maintenance: lhr.", "ams well, lhr maintenance, iad well"},
		{"a drained uplink", nil, []incident.Report{drain(0, "uplink:ams/northway")}, maintenance, "Maintenance: a connection of ams.", "ams well, lhr well, iad well"},
		{"a zone is the operators' affair", nil, []incident.Report{zoneRefused()}, well, "All is well.", "ams well, lhr well, iad well"},
		{"several", nil, append(outage(false), drain(-3000, "colo:iad")), disturbed, "Upstream provider northway is failing. 1 more incident is open.", "ams disturbed, lhr unreachable, iad maintenance"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := options()
			if row.change != nil {
				row.change(&o)
			}
			p := newPage(o, incident.Fold(row.reports))
			var colos []string
			for _, c := range p.Colos {
				colos = append(colos, c.Name+" "+string(c.State))
			}
			if got := strings.Join(colos, ", "); p.State != row.state || p.Summary != row.summary || got != row.colos {
				t.Errorf("%s: %q, %s\nwant %s: %q, %s", p.State, p.Summary, got, row.state, row.summary, row.colos)
			}
		})
	}
}

// What is told of an outage, when it is over too.
func TestTold(t *testing.T) {
	var p page
	if err := json.Unmarshal([]byte(get(t, options(), outage(true), "/incidents.json")), &p); err != nil {
		t.Fatal(err)
	}
	i := p.Incidents[0]
	const text = "Affected: ams, lhr. Detected 2.1 s after the first failure. About 42 % of clients were directed to other places, within 32 s."
	if i.Title != "Upstream provider northway failed" || i.Text != text || i.State != "ended" || i.Kind != "upstream" ||
		i.Start.Format(time.TimeOnly) != "12:00:00" || i.End.Format(time.TimeOnly) != "12:10:00" || i.URL != "https://status.example.com/#"+i.ID {
		t.Errorf("%+v", i)
	}
}

// Nothing of these gets out, at any path, whatever is told by name; a reason only where that is configured.
func TestSecrets(t *testing.T) {
	reports := append(outage(false), drain(-3000, "colo:iad"), zoneRefused(), verdict(-8000, "service:web of 192.0.2.99 in iad/transpac", "down", "HTTP 500 of 10.1.2.4"),
		verdict(-7000, "service:web of 192.0.2.99 in iad/transpac", "up", ""))
	secrets := []string{"alice", "bastion", "Bob", "router", "192.0.2.99", "10.1.2", "ns1-secret", "hidden", "/etc/zones", "timeout", "refused", "groups", "HTTP 500", "admin", "/v1/"}
	for _, row := range []struct {
		name   string
		change func(*Options)
		more   []string // not to be found either
		told   string   // to be found
	}{
		{"all by name", func(*Options) {}, nil, "northway"},
		{"no upstreams", func(o *Options) { o.Upstreams = false }, []string{"northway", "eastlink", "transpac"}, "lhr"},
		{"no colos", func(o *Options) { o.Named = false }, []string{"ams", "lhr", "iad"}, "northway"},
		{"with reasons", func(o *Options) { o.Reasons = true }, []string{"-Bob", "-router"}, "Bob broke the router"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := options()
			row.change(&o)
			all := ""
			for _, path := range paths {
				all += get(t, o, reports, path)
			}
			lower := strings.ReplaceAll(strings.ToLower(all), "upstreams", "") // which has the name of a colo in it
			for _, secret := range append(secrets, row.more...) {
				if allowed := strings.Contains(strings.Join(row.more, " "), "-"+secret); !allowed && strings.Contains(lower, strings.ToLower(secret)) {
					at := strings.Index(lower, strings.ToLower(secret))
					t.Errorf("%q gets out: %s", secret, lower[max(0, at-40):min(len(lower), at+40)])
				}
			}
			if !strings.Contains(all, row.told) {
				t.Errorf("%q is not told", row.told)
			}
		})
	}
}

// Every node shows the same, in whatever order it heard of things, and however often.
func TestEqual(t *testing.T) {
	reports := append(outage(true), drain(-3000, "colo:iad"), verdict(9000, "uplink:ams/eastlink", "at-risk", "slow"))
	mixed := append(reports[3:len(reports):len(reports)], reports...)
	rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for _, path := range paths {
		if get(t, options(), reports, path) != get(t, options(), mixed, path) {
			t.Errorf("%s differs", path)
		}
	}
}

// What an operator writes into the configuration is text, and nothing else.
func TestEscapes(t *testing.T) {
	o := options()
	o.Title, o.Colos = `<script>alert("1")</script> & co`, []string{"<b>ams</b>"}
	for _, path := range paths {
		if text := get(t, o, outage(false), path); strings.Contains(text, "<script") || strings.Contains(text, "<b>") {
			t.Errorf("%s: %s", path, text)
		}
	}
}
