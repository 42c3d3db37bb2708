package plan

import (
	"fmt"
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	w := Six()
	iad, ams := w.Of("iad"), w.Of("ams")
	for _, row := range []struct {
		what  string
		fault Fault
		want  string
	}{
		{"nothing", nil, ""},
		{"blackhole", Blackhole("northway"), "northway: counter drop\n"},
		{"a peering", Part("northway", "transpac"), "northway: oifname \"peer-transpac\" counter drop\nnorthway: iifname \"peer-transpac\" counter drop\n"},
		{"one way", CutInto(iad...), "northway: oifname \"iad\" counter drop\n"},
		{"the other way", CutOutOf(iad...), "northway: iifname \"iad\" counter drop\n"},
		{"two uplinks", Cut(ams...), "eastlink: oifname \"ams\" counter drop\neastlink: iifname \"ams\" counter drop\n" +
			"northway: oifname \"ams\" counter drop\nnorthway: iifname \"ams\" counter drop\n"},
		{"own probes only", CutProbes(iad...), "northway: iifname \"iad\" tcp dport 80 counter drop\n"},
		{"a share", Lose(20, iad...), "northway: oifname \"iad\" numgen random mod 100 < 20 counter drop\n" +
			"northway: iifname \"iad\" numgen random mod 100 < 20 counter drop\n"},
	} {
		var got strings.Builder
		for _, upstream := range row.fault.Upstreams() {
			for _, rule := range row.fault[upstream] {
				fmt.Fprintf(&got, "%s: %s\n", upstream, rule)
			}
		}
		if got.String() != row.want {
			t.Errorf("%s:\n%snot\n%s", row.what, got.String(), row.want)
		}
	}
}

func TestCounted(t *testing.T) {
	listing := "chain forward {\n\tiifname \"iad\" counter packets 12 bytes 720 drop\n\toifname \"iad\" counter packets 3 bytes 180 drop\n}"
	if n := Counted(listing); n != 15 {
		t.Errorf("%d packets, not 15", n)
	}
	if n := Counted(Ruleset([]string{drop})); n != 0 {
		t.Errorf("%d packets before there were any", n)
	}
}
