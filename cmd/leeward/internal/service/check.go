package service

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/miekg/dns"

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
	if _, err := admitted(cfg.Admin, cfg.Admin.Listen, slog.New(slog.DiscardHandler)); err != nil {
		return result, &StartError{err}
	}
	z, err := zonesOf(cfg, p.network)
	if err != nil {
		return result, &StartError{err}
	}
	outcomes := zones.NewStore(z).Load(false)
	for _, o := range outcomes {
		switch {
		case o.Origin == "" && o.Err != nil:
			return result, &StartError{o.Err}
		case o.Err != nil:
			refused := zoneResult(o)
			refused.Action = bad
			result.Zones = append(result.Zones, admin.CheckedZone{ZoneResult: refused, Findings: []lint.Finding{}})
		default:
			result.Zones = append(result.Zones, CheckZone(zones.Source{Origin: o.Origin, File: o.File, Network: p.network},
				lint.Beside{Served: servedElsewhere(cfg, outcomes, o.Origin), WithoutAS: cfg.Steering.Geo.ASN == ""}))
		}
	}
	return result, nil
}

// servedElsewhere says of names whether they are in a zone that is served beside one; nil where other nodes, or catalogs,
// say which zones are served.
func servedElsewhere(cfg *config.Config, outcomes []zones.Outcome, beside zones.Name) func(zones.Name) bool {
	if len(cfg.Zones.Follow) > 0 {
		return nil
	}
	var served []*zones.Zone
	for _, o := range outcomes {
		served = append(served, zones.Unready(o.Origin, ""))
	}
	for _, s := range cfg.Zones.Secondary {
		origin, err := zones.ParseName(s.Origin)
		if s.Catalog || err != nil {
			return nil
		}
		served = append(served, zones.Unready(origin, ""))
	}
	set := zones.NewSet(served...)
	return func(name zones.Name) bool {
		z := set.Find([]byte(name.Lower()), dns.TypeA)
		return z != nil && z.Origin() != beside
	}
}

// CheckZone looks for what is wrong with a zone file.
func CheckZone(source zones.Source, beside lint.Beside) admin.CheckedZone {
	z, findings, err := lint.Check(source, time.Now(), beside)
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
