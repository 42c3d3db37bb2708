package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Steered is a steered name, with what it wants.
type Steered struct {
	Name  string // absolute
	Words string // of its _steer record, behind the version; "" for a name that has none
}

// fallback is what a name that asks for it gives when no colo of its own is left. Nobody has the address.
var fallback = netip.MustParseAddr("192.0.2.250")

// Steered are the names of the zone, of every policy. The first is Name, which wants nothing beyond the default. Colos that not
// every node knows stand in no words: a node refuses a zone with words that it does not know.
//
//	failover, closed, fallback    hang on iad, which most scenarios cut off, if there is one that all know
//	only, but                     the nearest of some
//	two                           of colos with one uplink each
//	checked                       its addresses are probed as their uplinks are, so that it goes where the nearest does
func (w World) Steered(unknown ...string) []Steered {
	missing := func(colo string) bool { return slices.Contains(unknown, colo) || !slices.Contains(w.Names(), colo) }
	known := slices.DeleteFunc([]string{"iad", "ams", "sjc", "nrt"}, missing)
	single := slices.DeleteFunc([]string{"iad", "lhr", "sin", "ams", "nrt"}, func(colo string) bool { return missing(colo) || len(w.Of(colo)) > 1 })
	first, two, most := known[0], strings.Join(known[:2], ","), known[:min(3, len(known))]
	var weights []string
	for i, colo := range most {
		weights = append(weights, fmt.Sprintf("%s:%d", colo, 3-i))
	}
	return []Steered{
		{Name, ""},
		{"failover." + Origin + ".", "policy=failover; order=" + strings.Join(most, ",")},
		{"weighted." + Origin + ".", "policy=weighted; weight=" + strings.Join(weights, ",")},
		{"spread." + Origin + ".", "policy=spread"},
		{"all." + Origin + ".", "policy=all"},
		{"none." + Origin + ".", "policy=none"},
		{"checked." + Origin + ".", "policy=nearest; check=site"},
		{"only." + Origin + ".", "policy=nearest; colos=" + two},
		{"but." + Origin + ".", "policy=all; not=" + first},
		{"two." + Origin + ".", "policy=failover; order=" + strings.Join(single, ",") + "; count=2"},
		{"closed." + Origin + ".", "policy=failover; order=" + first + "; empty=closed"},
		{"fallback." + Origin + ".", fmt.Sprintf("policy=nearest; colos=%s; fallback=%s", first, fallback)},
	}
}

// Word is the value of a word: "ams,iad" for order=ams,iad. "" if it is not there.
func (s Steered) Word(name string) string {
	for word := range strings.SplitSeq(s.Words, ";") {
		if key, value, _ := strings.Cut(strings.TrimSpace(word), "="); key == name {
			return value
		}
	}
	return ""
}

// list is the value of a word as a list, nil if it is not there.
func (s Steered) list(name string) []string {
	if value := s.Word(name); value != "" {
		return strings.Split(value, ",")
	}
	return nil
}
