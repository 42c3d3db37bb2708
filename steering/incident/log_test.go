package incident

import (
	"strings"
	"testing"
	"time"
)

// noon is when the tests happen.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// reports reads "SECONDS NODE ON TO [REASON]" lines, with _ for a space in what it is on.
func reports(t *testing.T, lines string) (list []Report) {
	t.Helper()
	for text := range strings.Lines(lines) {
		f := strings.Fields(text)
		if len(f) == 0 {
			continue
		}
		after, err := time.ParseDuration(f[0] + "s")
		if err != nil {
			t.Fatal(err)
		}
		r := Report{At: noon.Add(after), Node: f[1], Kind: Verdict, On: strings.ReplaceAll(f[2], "_", " "), To: f[3], Reason: strings.Join(f[4:], " ")}
		switch {
		case strings.HasPrefix(r.On, "zone:"):
			r.Kind = Zone
		case strings.HasPrefix(r.On, "member:"):
			r.Kind = Member
		case r.To == Drained || r.To == Undrained || r.To == Expired:
			r.Kind, r.Number, r.Issuer = Override, uint64(after/time.Second)+1, "a"
			if r.To == Expired {
				r.Number = 1
			}
		case r.To == down:
			r.First = r.At.Add(-2 * time.Second)
		}
		list = append(list, r)
	}
	return list
}

// told is the log's incidents, oldest first, each as "state kind name start-end colos: title".
func told(l *Log) (list []string) {
	for k := len(l.Incidents) - 1; k >= 0; k-- {
		i := &l.Incidents[k]
		state, end := "open", ""
		if !i.Open {
			state, end = "ended", i.End.Sub(noon).String()
		}
		list = append(list, strings.Join([]string{state, i.Cause.Kind, i.Cause.Name, i.Start.Sub(noon).String() + "-" + end, strings.Join(i.Colos, ",") + ":", i.Title}, " "))
	}
	return list
}

func TestIncidents(t *testing.T) {
	for _, c := range []struct{ what, reports, want string }{
		{"nothing", "", ""},
		{"an upstream: first its uplinks, then itself", `
			0 a uplink:ams/northway down
			0.2 a uplink:lhr/northway down
			0.2 a colo:lhr down
			0.3 a upstream:northway failing
			0.4 a uplink:iad/northway down
			0.4 a colo:iad down`,
			"open upstream northway 0s- ams,iad,lhr: upstream northway is failing: ams, iad, lhr"},
		{"it ends when all is well again", `
			0 a uplink:ams/northway down
			0 a uplink:lhr/northway down
			1 a upstream:northway failing
			60 a upstream:northway up
			60 a uplink:ams/northway up
			63 a uplink:lhr/northway up`,
			"ended upstream northway 0s-1m3s ams,lhr: upstream northway failed: ams, lhr"},
		{"what flaps is one", `
			0 a uplink:ams/northway down
			10 a uplink:ams/northway up
			200 a uplink:ams/northway down
			210 a uplink:ams/northway up
			505 a uplink:ams/northway down
			506 a uplink:ams/northway up`,
			"ended uplink ams/northway 0s-8m26s ams: uplink ams/northway was down"},
		{"and another once it was well for long", `
			0 a uplink:ams/northway down
			10 a uplink:ams/northway up
			311 a uplink:ams/northway down`,
			"ended uplink ams/northway 0s-10s ams: uplink ams/northway was down\nopen uplink ams/northway 5m11s- ams: uplink ams/northway is down"},
		{"a colo, whose uplinks go one after the other", `
			0 a uplink:ams/northway down
			5 a uplink:ams/eastlink down
			5 a colo:ams down`,
			"open colo ams 0s- ams: colo ams is down"},
		{"what has nothing in common is apart", `
			0 a uplink:ams/northway down
			1 a uplink:sjc/transpac down`,
			"open uplink ams/northway 0s- ams: uplink ams/northway is down\nopen uplink sjc/transpac 1s- sjc: uplink sjc/transpac is down"},
		{"an upstream that fails long after one of its uplinks went is another", `
			0 a uplink:ams/northway down
			90000 a uplink:lhr/northway down
			90000 a uplink:iad/northway down
			90001 a upstream:northway failing`,
			"open uplink ams/northway 0s- ams: uplink ams/northway is down\nopen upstream northway 25h0m0s- iad,lhr: upstream northway is failing: iad, lhr"},
		{"a drain", `
			0 a colo:ams drain power works`,
			"open operator colo:ams 0s- : colo ams is drained: power works"},
		{"a drain that ends by itself", `
			0 a colo:ams drain power works
			60 a colo:ams expired`,
			"ended operator colo:ams 0s-1m0s : colo ams was drained: power works"},
		{"what goes down under a drain is the works'", `
			0 a colo:ams drain power works
			600 a uplink:ams/northway down
			600 a uplink:ams/eastlink down
			600 a colo:ams down
			900 a uplink:ams/northway up
			900 a uplink:ams/eastlink up
			900 a colo:ams up
			1000 a colo:ams undrain`,
			"ended operator colo:ams 0s-16m40s ams: colo ams was drained: power works"},
		{"but not a failing upstream that takes it too", `
			0 a colo:ams drain power works
			600 a uplink:ams/northway down
			600 a uplink:lhr/northway down
			601 a upstream:northway failing`,
			"open operator colo:ams 0s- : colo ams is drained: power works\nopen upstream northway 10m0s- ams,lhr: upstream northway is failing: ams, lhr"},
		{"a drain of what is in trouble is the answer to that, and keeps it open", `
			0 a uplink:ams/northway down
			60 a colo:ams drain away with it
			90 a uplink:ams/northway up`,
			"open uplink ams/northway 0s- ams: uplink ams/northway was down, and colo ams is still drained"},
		{"a service, and one in an uplink that is down", `
			0 a uplink:lhr/northway down
			1 a service:web_of_192.0.2.1_in_lhr/northway down`,
			"open uplink lhr/northway 0s- lhr: uplink lhr/northway is down"},
		{"a refused edit at two nodes, mended at both", `
			0 a zone:example.com. refused line 3
			0.1 b zone:example.com. refused line 3
			60 a zone:example.com. mended
			61 b zone:example.com. mended`,
			"ended zone example.com 0s-1m1s : zone example.com was not served as its file stands"},
		{"a refused edit at a node that leaves", `
			0 a zone:example.com. refused line 3
			60 b member:a left`,
			"ended zone example.com 0s-1m0s : zone example.com was not served as its file stands"},
		{"several nodes' words on one", `
			0.3 b uplink:ams/northway down
			0.2 a uplink:ams/northway down
			0.25 c uplink:ams/northway down
			9 a uplink:ams/northway up
			9.1 b uplink:ams/northway up`,
			"ended uplink ams/northway 200ms-9s ams: uplink ams/northway was down"},
		{"benign ones", `
			0 a zone:example.com. serial
			5 a member:b dead
			6 a uplink:ams/northway up`, ""},
	} {
		if got := strings.Join(told(Fold(reports(t, c.reports))), "\n"); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.what, got, c.want)
		}
	}
}

// What is counted for a drain is not that of the one before.
func TestMeasuredOfTheirOwn(t *testing.T) {
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	l := Fold([]Report{
		{Node: "a", At: at(0), Kind: Override, On: "colo:ams", To: Drained},
		{Node: "a", At: at(1), Kind: Moved, On: "colo:ams", Share: 0.1, Total: 1},
		{Node: "a", At: at(30), Kind: Override, On: "colo:ams", To: Undrained},
		{Node: "a", At: at(90), Kind: Override, On: "colo:ams", To: Drained},
		{Node: "a", At: at(91), Kind: Moved, On: "colo:ams", Share: 0.4, Total: 2},
	})
	if len(l.Incidents) != 2 || l.Incidents[0].Share != 0.4 || l.Incidents[1].Share != 0.1 {
		t.Errorf("%+v", l.Incidents)
	}
}
