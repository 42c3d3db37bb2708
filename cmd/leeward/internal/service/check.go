package service

import (
	"log/slog"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/zones"
)

// What a check says of a zone: nothing is served here, so that nothing is loaded or failed.
const (
	good zones.Action = "good"
	bad  zones.Action = "bad"
)

// Check reads all that a configuration names, as a start would, and says what became of the zones. An error is a
// *StartError: with it no start is possible.
func Check(cfg *config.Config) (admin.ReloadResult, error) {
	result := admin.ReloadResult{Zones: []admin.ZoneResult{}}
	p, err := newPlane(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return result, &StartError{err}
	}
	z, err := zonesOf(cfg, p.network)
	if err != nil {
		return result, &StartError{err}
	}
	for _, o := range zones.NewStore(z).Load(false) {
		if o.Origin == "" && o.Err != nil {
			return result, &StartError{o.Err}
		}
		if o.Action = good; o.Err != nil {
			o.Action = bad
		}
		result.Zones = append(result.Zones, zoneResult(o))
	}
	return result, nil
}

// CheckZone reads a lone zone file.
func CheckZone(source zones.Source) admin.ZoneResult {
	z, warnings, err := zones.Parse(source)
	o := zones.Outcome{Origin: source.Origin, File: source.File, Action: bad, Err: err, Warnings: warnings}
	if err == nil {
		o.Action, o.Serial, o.Records = good, z.Serial(), z.Records()
	}
	return zoneResult(o)
}
