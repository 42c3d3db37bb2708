package admin

import "leeward/zones/lint"

// CheckResult is what a check has to say of a configuration and its zones, or of zone files.
type CheckResult struct {
	Zones  []CheckedZone `json:"zones"`
	Config string        `json:"config,omitempty"`
}

// CheckedZone is what a check has to say of one zone. Error is the first error of all.
type CheckedZone struct {
	ZoneResult
	Findings []lint.Finding `json:"findings"`
}

// OK says whether all zones are good; strictly, whether there are no warnings either.
func (r CheckResult) OK(strict bool) bool {
	for _, z := range r.Zones {
		if z.Bad() || strict && len(z.Warnings) > 0 {
			return false
		}
	}
	return true
}
