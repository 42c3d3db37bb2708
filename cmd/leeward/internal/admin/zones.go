package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"leeward/zones"
)

// ZoneKeeper is what the API shows and changes of the versions of a zone.
type ZoneKeeper interface {
	ZoneDiff(zones.Name) (ZoneDiff, error)
	ZoneVersions(zones.Name) ([]ZoneVersion, error)
	Rollback(zones.Name, RollbackRequest) (ZoneResult, error)
}

// ZoneDiff is what a zone's file would change of what is served: records as lines of a zone file, with names below the
// origin, the SOAs among them if they differ.
type ZoneDiff struct {
	Origin     string   `json:"origin"`
	Serial     uint32   `json:"serial"`      // served
	FileSerial uint32   `json:"file_serial"` // of the file as it is now; that served, if it changes nothing
	Removed    []string `json:"removed"`
	Added      []string `json:"added"`
}

// Same says whether the file changes nothing.
func (d ZoneDiff) Same() bool { return len(d.Removed)+len(d.Added) == 0 }

// ZoneVersion is a version of a zone that there is a way back to, or the one in service.
type ZoneVersion struct {
	Serial    uint32     `json:"serial"`
	At        *time.Time `json:"at"` // when it went into service; null: not known
	Removed   int        `json:"removed"`
	Added     int        `json:"added"`
	InService bool       `json:"in_service"`
}

// RollbackRequest is the body of POST /v1/zones/NAME/rollback.
type RollbackRequest struct {
	Serial uint32 `json:"serial"` // of the version; 0: the one before
	Undo   bool   `json:"undo"`   // take up the file again
}

// zoneRoutes are the requests about one zone.
func zoneRoutes(node ZoneKeeper) []Route {
	return []Route{
		{Method: "GET", Pattern: "/v1/zones/{zone}/diff", Role: RoleRead, Summary: "What the file of a zone would change of what is served", Long: true, Reply: ZoneDiff{},
			Handle: ofZone(func(name zones.Name, _ *http.Request) (any, error) { return node.ZoneDiff(name) })},
		{Method: "GET", Pattern: "/v1/zones/{zone}/versions", Role: RoleRead, Summary: "The versions of a zone that there is a way back to, oldest first", Reply: []ZoneVersion{},
			Handle: ofZone(func(name zones.Name, _ *http.Request) (any, error) { return node.ZoneVersions(name) })},
		{Method: "POST", Pattern: "/v1/zones/{zone}/rollback", Role: RoleAdmin, Summary: "Serve an earlier version of a zone, or end that", Long: true, Body: RollbackRequest{}, Reply: ZoneResult{},
			Handle: ofZone(func(name zones.Name, r *http.Request) (any, error) {
				var request RollbackRequest
				if err := Read(r, &request); err != nil {
					return nil, err
				}
				return node.Rollback(name, request)
			})},
	}
}

// ofZone reads the name of the zone from the path.
func ofZone(do func(zones.Name, *http.Request) (any, error)) Handle {
	return replying(func(r *http.Request, _ Caller) (any, error) {
		name, err := zones.ParseName(r.PathValue("zone"))
		if err != nil {
			return nil, fmt.Errorf("zone %w", err)
		}
		return do(name.Lower(), r)
	})
}

// zonePath is the path of requests about a zone. A dot alone would be taken for this directory.
func zonePath(zone, what string) string {
	if zone = url.PathEscape(zone); zone == "." {
		zone = "%2E"
	}
	return "/v1/zones/" + zone + "/" + what
}

// ZoneDiff asks what the file of a zone would change.
func (c *Client) ZoneDiff(zone string) (d ZoneDiff, err error) {
	return d, c.Do("GET", zonePath(zone, "diff"), nil, &d)
}

// ZoneVersions asks for the versions of a zone, oldest first.
func (c *Client) ZoneVersions(zone string) (v []ZoneVersion, err error) {
	return v, c.Do("GET", zonePath(zone, "versions"), nil, &v)
}

// Rollback orders a way back to an earlier version, or the end of it.
func (c *Client) Rollback(zone string, r RollbackRequest) (result ZoneResult, err error) {
	return result, c.Do("POST", zonePath(zone, "rollback"), r, &result)
}
