package service

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/zones"
	"leeward/zones/lint"
)

// What a check says of a zone: nothing is served here, so that nothing is loaded or failed.
const (
	good = "good"
	bad  = "bad"
)

// Check reads all that a configuration names, as a start would, and says what is wrong with the zones. An error is a
// *StartError: with it no start is possible.
func Check(cfg *config.Config) (admin.CheckResult, error) {
	result := admin.CheckResult{Zones: []admin.CheckedZone{}}
	p, err := newPlane(cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return result, &StartError{err}
	}
	z, err := zonesOf(cfg, p.network)
	if err != nil {
		return result, &StartError{err}
	}
	for _, o := range zones.NewStore(z).Load(false) {
		switch {
		case o.Origin == "" && o.Err != nil:
			return result, &StartError{o.Err}
		case o.Err != nil:
			refused := zoneResult(o)
			refused.Action = bad
			result.Zones = append(result.Zones, admin.CheckedZone{ZoneResult: refused, Findings: []lint.Finding{}})
		default:
			result.Zones = append(result.Zones, CheckZone(zones.Source{Origin: o.Origin, File: o.File, Network: p.network}))
		}
	}
	return result, nil
}

// CheckZone looks for what is wrong with a zone file.
func CheckZone(source zones.Source) admin.CheckedZone {
	z, findings, err := lint.Check(source, time.Now())
	result := admin.CheckedZone{
		ZoneResult: admin.ZoneResult{Origin: source.Origin.String(), File: source.File, Action: good, Warnings: []string{}},
		Findings:   findings,
	}
	if err != nil {
		result.Action, result.Error, result.Findings = bad, err.Error(), []lint.Finding{}
		return result
	}
	result.Serial, result.Records = z.Serial(), z.Records()
	for _, f := range findings {
		if f.Severity == lint.Warning {
			result.Warnings = append(result.Warnings, f.Lines()...)
		} else if result.Error == "" {
			result.Action, result.Error = bad, fmt.Sprintf("zone %s: %s", strings.TrimSuffix(source.Origin.String(), "."), f.Places[0])
		}
	}
	return result
}
