package geodns

import (
	"slices"
	"strings"
)

// continents are geodns's names of them.
var continents = []string{"africa", "antarctica", "asia", "europe", "north-america", "oceania", "south-america"}

// target is what a label may end in: the clients that it is for.
type target struct {
	kind string // country, continent, regiongroup, region, asn, ip
	of   string
}

// targetOf says for which clients a label of the zone is, if it is for some alone.
//
//	label                          kind
//	europe, north-america ...      continent
//	us-west, us-central, us-east   regiongroup
//	us-ca                          region
//	de                             country
//	as64496                        asn
//	[192.0.2.0]                    ip
func targetOf(label string) (target, bool) {
	digits := strings.TrimPrefix(label, "as")
	switch {
	case slices.Contains(continents, label):
		return target{"continent", label}, true
	case slices.Contains([]string{"us-west", "us-central", "us-east"}, label):
		return target{"regiongroup", label}, true
	case len(label) == 2 && letters(label):
		return target{"country", strings.ToUpper(label)}, true
	case len(label) > 3 && label[2] == '-' && letters(label[:2]) && len(label) <= 6:
		return target{"region", label}, true
	case digits != label && digits != "" && strings.Trim(digits, "0123456789") == "":
		return target{"asn", digits}, true
	case strings.HasPrefix(label, "[") && strings.HasSuffix(label, "]"):
		return target{"ip", strings.Trim(label, "[]")}, true
	}
	return target{}, false
}

func letters(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }

// split takes a label apart into the name that it is for and its target. A label without a target, or with one of a kind
// that the zone does not look at, is a name.
func (z *zone) split(label string) (name string, t target, targeted bool) {
	cut := strings.LastIndexByte(label, '.')
	t, ok := targetOf(label[cut+1:])
	if !ok || !slices.Contains(z.targeting, t.kind) {
		return label, target{}, false
	}
	name = label[:max(cut, 0)]
	return name, t, z.labels[name] != nil || cut < 0
}
