package steering

import (
	"slices"
	"testing"
)

// Rows follow the chart above Suppose. In the last of them two of three uplinks of northway would be down, so that it
// would be failing: the third is at risk.
func TestSuppose(t *testing.T) {
	for _, row := range []struct {
		states        string
		down, drained []string
		of, want      string
	}{
		{"", []string{"lhr/northway"}, nil, "lhr/northway", "down, measured down"},
		{"", nil, []string{"lhr/northway"}, "lhr/northway", "drained, measured up"},
		{"lhr/northway=drained/up", []string{"lhr/northway"}, nil, "lhr/northway", "drained, measured down"},
		{"lhr/northway=down", nil, []string{"lhr/northway"}, "lhr/northway", "drained, measured down"},
		{"", []string{"lhr/northway"}, nil, "iad/northway", "up, measured up"},
		{"", []string{"ams/northway", "lhr/northway"}, nil, "iad/northway", "at-risk, measured up"},
	} {
		n := demo(t)
		v := verdicts(t, n, row.states)
		v.Upstreams = make([]UpstreamVerdict, len(n.upstreams))
		before := slices.Clone(v.grading.grades)
		named := func(names []string) (list []UplinkIndex) {
			for _, name := range names {
				list = append(list, n.uplinkNamed(t, name))
			}
			return list
		}
		supposed := v.Suppose(named(row.down), named(row.drained)).Uplinks[n.uplinkNamed(t, row.of)]
		if got := supposed.State.String() + ", measured " + supposed.Measured.String(); got != row.want {
			t.Errorf("%q with %v down and %v drained: %s is %s, want %s", row.states, row.down, row.drained, row.of, got, row.want)
		}
		if !slices.Equal(v.grading.grades, before) || v.Upstreams[0].Measured != UpstreamUnknown {
			t.Error("the verdicts themselves were touched")
		}
	}
}
