package row

import (
	"slices"
	"testing"
)

// Every policy is held against the first in the same round.
func TestPolicyTable(t *testing.T) {
	lost := taking("all", 10, 10)
	lost.trouble = "5 of 10 queries lost"
	r := policyTable([]*contender{taking("nearest", 10, 20), taking("failover", 11, 23), taking("weighted", 12, 24), lost})
	for i, want := range [][]string{
		{"nearest", "15.00 (10.00..20.00)", "", "", ""},
		{"failover", "17.00 (11.00..23.00)", "1.12 (1.10..1.15)", "1.15", "yes"},
		{"weighted", "18.00 (12.00..24.00)", "1.20 (1.20..1.20)", "1.15", "**no**"},
		{"all", "", "", "", ""},
	} {
		if got := r.Table.Lines[i][:5]; !slices.Equal(got, want) {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if len(r.Bad) != 1 {
		t.Errorf("%q", r.Bad)
	}
}
