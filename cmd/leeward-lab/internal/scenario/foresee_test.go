//go:build linux

package scenario

import (
	"strings"
	"testing"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
)

// The rows are a forecast for one client of one node, the answers before and after, and what is wrong with the forecast.
func TestForesight(t *testing.T) {
	names := plan.Six().Steered()
	www := lab.Asked{Server: plan.Uplink{Colo: "ams", Upstream: "northway"}, Steered: names[0], Place: "iad"}
	other := lab.Asked{Server: www.Server, Steered: names[1], Place: "iad"}
	change := func(before, after plan.Answer) lab.Forecast {
		return lab.Forecast{www.Name: {Before: before, After: after}}
	}
	for _, row := range []struct {
		what       string
		forecast   lab.Forecast
		www, other plan.Answer // after
		want       string
	}{
		{"fulfilled", change("i", "s"), "s", "a", ""},
		{"another answer", change("i", "s"), "n", "a", `www.example.com. "n", and foreseen was "s"`},
		{"the old answer", change("i", "s"), "i", "a", `www.example.com. "i", and foreseen was "s"`},
		{"a change that was not spoken of", change("i", "s"), "s", "b", `failover.example.com. "b", and foreseen was "a"`},
		{"another answer before", change("l", "s"), "s", "a", `www.example.com. "i", and its forecast says that it gives "l"`},
		{"nothing", lab.Forecast{}, "i", "a", "no answer was foreseen to change"},
	} {
		f := &foresight{answers: map[lab.Asked]foreseen{}}
		said := ""
		if err := f.add(row.forecast, map[lab.Asked]plan.Answer{www: "i", other: "a"}); err != nil {
			said = err.Error()
		}
		compared, _, err := f.against(map[lab.Asked]plan.Answer{www: row.www, other: row.other})
		if err != nil {
			said += err.Error()
		}
		if compared != 2 || !strings.HasSuffix(said, row.want) || row.want == "" && said != "" {
			t.Errorf("%s: of %d compared: %s; want %s", row.what, compared, said, row.want)
		}
	}
}
