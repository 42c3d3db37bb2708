package lint

import (
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tool is a program that other servers' operators check zones with. It exits non-zero for a zone that it refuses.
type tool struct {
	name string
	args func(origin, file string) []string
}

// named-checkzone is kept from asking the network about names in other zones.
var tools = []tool{
	{"named-checkzone", func(origin, file string) []string { return []string{"-i", "local", origin, file} }},
	{"kzonecheck", func(origin, file string) []string { return []string{"-o", origin, file} }},
	{"nsd-checkzone", func(origin, file string) []string { return []string{origin, file} }},
}

// accepted are the zones that a tool refuses and that are no errors here, with the reason.
var accepted = map[string]string{
	"GENERATE":              "Knot and NSD do not know the directive; BIND does, and it is documented here",
	"ALIAS":                 "PowerDNS and Leeward know the mnemonic; all others know TYPE65401, and it is documented here",
	"ALIAS to another zone": "the same",
}

// installed says whether the programs are here; without them there is nothing to compare with, which is a fault only where
// the checks of the project run.
func installed(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", p)
		}
		t.Skipf("%s is not installed: nothing to compare with", p)
	}
}

func (t tool) refuses(origin, file string) (bool, string) {
	out, err := exec.Command(t.name, t.args(origin, file)...).CombinedOutput()
	return err != nil, string(out)
}

// TestAsStrict holds the check to what it promises: whatever a tool refuses is an error.
func TestAsStrict(t *testing.T) {
	for _, tool := range tools {
		installed(t, tool.name)
	}
	_, list := blocks(t)
	refusals := make([]atomic.Int32, len(tools))
	t.Run("zones", func(t *testing.T) {
		for _, b := range list {
			t.Run(b.title, func(t *testing.T) {
				t.Parallel()
				file := b.put(t)
				_, good := checked(t, b.origin, file, time.Now())
				needed := false
				for i, tool := range tools {
					refused, said := tool.refuses(b.origin, file)
					if refused {
						refusals[i].Add(1)
					}
					if !refused || !good {
						continue
					}
					if needed = accepted[b.title] != ""; !needed {
						t.Errorf("%s refuses it:\n%s", tool.name, strings.TrimSpace(said))
					}
				}
				if accepted[b.title] != "" && !needed {
					t.Error("accepted, and no tool refuses it")
				}
			})
		}
	})
	for i, tool := range tools {
		if n := int(refusals[i].Load()); n < 20 || n == len(list) {
			t.Errorf("%s refuses %d of %d zones: it does not look as if it checked them", tool.name, n, len(list))
		}
	}
}
