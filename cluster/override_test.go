package cluster

import (
	"strings"
	"testing"
	"time"

	"leeward/steering"
)

// The rows are those of the chart above merge.
func TestMergeOverrides(t *testing.T) {
	now := time.Now()
	const year = 365 * 24 * time.Hour
	full := overrides{}
	for i := range maxOverrides {
		place := steering.Place("colo:" + strings.Repeat("x", i+1))
		full[place] = steering.Override{Place: place, Version: 1}
	}
	drain := func(version uint64, issuer string) steering.Override {
		return steering.Override{Place: "colo:ams", Action: steering.Drain, Version: version, Issuer: issuer, Issued: now}
	}
	ended := drain(9, "a")
	ended.Until = now.Add(-year)
	for _, c := range []struct {
		name     string
		present  overrides
		newcomer steering.Override
		taken    bool
	}{
		{"to be forgotten", overrides{}, ended, false},
		{"none there", overrides{}, drain(1, "a"), true},
		{"none there, at the limit", full, drain(1, "a"), false},
		{"beats by version", overrides{"colo:ams": drain(1, "b")}, drain(2, "a"), true},
		{"beats by issuer", overrides{"colo:ams": drain(1, "a")}, drain(1, "b"), true},
		{"the same", overrides{"colo:ams": drain(1, "a")}, drain(1, "a"), false},
		{"beaten", overrides{"colo:ams": drain(2, "a")}, drain(1, "b"), false},
	} {
		if got := len(c.present.merge([]steering.Override{c.newcomer}, now)) == 1; got != c.taken {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestIssueRefuses(t *testing.T) {
	now := time.Now()
	for want, o := range map[string]steering.Override{
		"no target":                {Place: "ams", Action: steering.Drain},
		"no override is called":    {Place: "colo:ams", Action: "flood"},
		"reason is longer":         {Place: "colo:ams", Action: steering.Drain, Reason: strings.Repeat("x", maxReason+1)},
		"issuer's name is longer":  {Place: "colo:ams", Action: steering.Drain, By: strings.Repeat("x", maxBy+1)},
		"is longer than 512":       {Place: "colo:" + steering.Place(strings.Repeat("x", maxPlace)), Action: steering.Drain},
		"was overridden too often": {Place: "colo:iad", Action: steering.Drain},
		"ended at":                 {Place: "colo:ams", Action: steering.Drain, Until: now.AddDate(-1, 0, 0)},
	} {
		s := overrides{"colo:iad": {Place: "colo:iad", Version: maxRevision}}
		if _, err := s.issue(o, "n1", now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// A place is drained in whatever order its upstreams are named.
func TestIssueIsCanonical(t *testing.T) {
	o, err := overrides{}.issue(steering.Override{Place: "uplink:ams/b+a", Action: steering.Drain}, "n1", time.Now())
	if err != nil || o.Place != "uplink:ams/a+b" || o.Version < uint64(time.Now().Add(-time.Hour).Unix()) || o.Issuer != "n1" || o.Issued.IsZero() {
		t.Errorf("%+v, %v", o, err)
	}
}
