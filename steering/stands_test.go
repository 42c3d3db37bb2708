package steering

import (
	"testing"
	"time"
)

// Rows follow the chart of quorum: what a conviction needs, and what it needs to stand.
func TestConvictionStandsUntilTheMajorityTakesItBack(t *testing.T) {
	n := network(t, "a: north", "b: east", "c: east west", "d: west", "e: north")
	convicted := judge(n, sheets(t, n, "a/north", "n1@b=down", "n2@c=down", "n3@d=down"))
	if convicted.Uplinks[0].Measured != Down {
		t.Fatalf("not convicted: %s", convicted.Uplinks[0].Reason)
	}
	late := sheets(t, n, "a/north", "n1@b=down", "n2@c=down", "n3@d=down", "n4@e=up")
	v := convicted
	for at := time.Minute; at <= 12*time.Minute; at += time.Minute {
		v = Judge(n, Facts{Sheets: late, Before: v, Stale: time.Second, Now: testNow.Add(at)})
		if want := at <= conviction; want != (v.Uplinks[0].Measured == Down) {
			t.Errorf("%v after it was carried in full: %s", at, v.Uplinks[0].Reason)
		}
	}
	for _, row := range []struct {
		name          string
		votes         []string
		fresh, stands State
	}{
		{"all say down", []string{"n1@b=down", "n2@c=down", "n3@d=down"}, Down, Down},
		{"a colo that was silent is heard again", []string{"n1@b=down", "n2@c=down", "n3@d=down", "n4@e=up"}, Up, Down},
		{"one group has seen it rise", []string{"n1@b=up", "n2@c=down", "n3@d=down"}, Up, Down},
		{"half have", []string{"n1@b=up", "n2@c=down", "n3@d=down", "n4@e=up"}, Up, Up},
		{"all have", []string{"n1@b=up", "n2@c=up", "n3@d=up", "n4@e=up"}, Up, Up},
	} {
		heard := sheets(t, n, "a/north", row.votes...)
		if got := judge(n, heard).Uplinks[0]; got.Measured != row.fresh {
			t.Errorf("%s, not convicted before: %s (%s)", row.name, got.Measured, got.Reason)
		}
		got := Judge(n, Facts{Sheets: heard, Before: convicted, Stale: time.Second, Now: testNow}).Uplinks[0]
		if got.Measured != row.stands {
			t.Errorf("%s, convicted before: %s (%s)", row.name, got.Measured, got.Reason)
		}
	}
}
