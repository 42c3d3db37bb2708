package admin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scene is what whoever watches a node is told of it: the status, with no more zones than a person would look through.
type Scene struct {
	At       time.Time `json:"at"`        // by the node's clock
	Zones    int       `json:"zones"`     // all of them
	BadZones int       `json:"bad_zones"` // with an error
	Status   Status    `json:"status"`    // its zones are at most 100: those with errors first, then those with warnings
}

// sceneZones is how many zones a scene has, and a list of zones unless it is asked for more.
const sceneZones = 100

// newScene makes the scene of a status.
func newScene(s Status, at time.Time) Scene {
	all := len(s.Zones)
	zones, bad := worst(s.Zones, sceneZones)
	s.Zones = zones
	return Scene{At: at, Zones: all, BadZones: bad, Status: s}
}

// worst are so many zones, the bad ones first, and how many are bad of all.
func worst(all []Zone, most int) (zones []Zone, bad int) {
	rank := func(z *Zone) int {
		switch {
		case z.Error != "":
			return 0
		case len(z.Warnings) > 0:
			return 1
		}
		return 2
	}
	zones = slices.Clone(all)
	slices.SortStableFunc(zones, func(a, b Zone) int { return cmp.Compare(rank(&a), rank(&b)) })
	for i := range zones {
		if rank(&zones[i]) == 0 {
			bad++
		}
	}
	return zones[:min(len(zones), most)], bad
}

// print is a status without what changes by itself all the time, such as ages: two statuses with the same print say the same.
func (s Status) print() []byte {
	s.Members = slices.Clone(s.Members)
	for i := range s.Members {
		m := &s.Members[i]
		m.HeartbeatAge, m.SheetAge, m.ClockSkew = "", "", ""
		if m.Differs != "0.0s" {
			m.Differs = "differs"
		}
	}
	s.Colos = slices.Clone(s.Colos)
	for i := range s.Colos {
		c := &s.Colos[i]
		c.Demand, c.Uplinks = nil, slices.Clone(c.Uplinks)
		for j := range c.Uplinks {
			u := &c.Uplinks[j]
			u.Seen, u.Ramp, u.Votes = nil, u.Ramp.print(), printVotes(u.Votes)
		}
	}
	s.Services = slices.Clone(s.Services)
	for i := range s.Services {
		s.Services[i].Ramp, s.Services[i].Votes = s.Services[i].Ramp.print(), printVotes(s.Services[i].Votes)
	}
	s.Zones = slices.Clone(s.Zones)
	for i := range s.Zones {
		s.Zones[i].Checked, s.Zones[i].Expires = nil, nil
	}
	s.Problems = slices.Clone(s.Problems)
	for i := range s.Problems {
		s.Problems[i] = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '.' {
				return -1
			}
			return r
		}, s.Problems[i])
	}
	print, _ := json.Marshal(s) // it was made of JSON's own kinds
	return print
}

// print is a ramp to a tenth.
func (r *Ramp) print() *Ramp {
	if r == nil {
		return nil
	}
	return &Ramp{Start: r.Start, End: r.End, Back: r.Back / 10}
}

// printVotes are votes without their ages, and of those that are up without what each probe says anew.
func printVotes(votes []Vote) []Vote {
	votes = slices.Clone(votes)
	for i := range votes {
		votes[i].Age = ""
		if votes[i].Up {
			votes[i].Detail = ""
		}
	}
	return votes
}

// ZoneList is some of the zones.
type ZoneList struct {
	Zones   []Zone `json:"zones"`   // those with errors first, then those with warnings
	Matched int    `json:"matched"` // zones that fit what was asked for
	All     int    `json:"all"`     // zones there are
}

// mostZones is how many zones are listed at most.
const mostZones = 1000

// listRoutes are lists that may be long.
func listRoutes(node Node) []Route {
	return []Route{{Method: "GET", Pattern: "/v1/zones", Role: RoleRead, Summary: "The zones, those with errors first",
		Query: []Param{{Name: "match", Words: "a part of the zone's name, or of what is wrong with it"},
			{Name: "limit", Words: "how many at most, 1 to 1000; 100 without it"}},
		Reply:  ZoneList{},
		Handle: replying(func(r *http.Request, _ Caller) (any, error) { return zoneList(r, node.Status().Zones) })}}
}

func zoneList(r *http.Request, all []Zone) (any, error) {
	query := r.URL.Query()
	limit := sceneZones
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostZones {
			return nil, fmt.Errorf("limit %.20q: a number from 1 to %d is wanted", text, mostZones)
		}
		limit = n
	}
	part := strings.ToLower(strings.TrimSpace(query.Get("match")))
	matched := []Zone{}
	for _, z := range all {
		said := strings.ToLower(z.Origin + "\n" + z.File + "\n" + z.Error + "\n" + strings.Join(z.Warnings, "\n"))
		if strings.Contains(said, part) {
			matched = append(matched, z)
		}
	}
	list, _ := worst(matched, limit)
	return ZoneList{Zones: list, Matched: len(matched), All: len(all)}, nil
}
