package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Chronicler is what the API shows of incidents.
type Chronicler interface {
	IncidentList() Incidents
	FindIncident(id string) *Incident
}

// incidentRoutes are the requests about incidents.
func incidentRoutes(node Chronicler) []Route {
	return []Route{
		{Method: "GET", Pattern: "/v1/incidents", Role: RoleRead, Summary: "The incidents, newest first", Reply: Incidents{},
			Query: []Param{{Name: "state", Words: "open, ended or all, which it is without"}, {Name: "limit", Words: "how many at most; 100 without"}},
			Handle: replying(func(r *http.Request, _ Caller) (any, error) {
				return chosen(node.IncidentList(), r.URL.Query())
			})},
		{Method: "GET", Pattern: "/v1/incidents/{id}", Role: RoleRead, Summary: "One incident; one that became a part of another is found as that", Reply: Incident{},
			Handle: func(w http.ResponseWriter, r *http.Request, _ Caller) {
				if i := node.FindIncident(r.PathValue("id")); i != nil {
					Reply(w, i, nil)
					return
				}
				Fail(w, http.StatusNotFound, fmt.Sprintf("there is no incident %.40q, or it is no longer kept", r.PathValue("id")))
			}},
	}
}

// chosen are the incidents that were asked for.
func chosen(all Incidents, query url.Values) (any, error) {
	state, limit := query.Get("state"), 100
	switch state {
	case "", "all", "open", "ended":
	default:
		return nil, fmt.Errorf("state %.40q: open, ended or all is wanted", state)
	}
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("limit %.40q: a number from 1 on is wanted", text)
		}
		limit = n
	}
	list := []Incident{}
	for _, i := range all.Incidents {
		if len(list) < limit && (state == "" || state == "all" || i.State == state) {
			list = append(list, i)
		}
	}
	all.Incidents = list
	return all, nil
}

// Incidents asks for the incidents in a state: open, ended, all.
func (c *Client) Incidents(state string) (list Incidents, err error) {
	query := url.Values{"state": {state}, "limit": {"500"}}
	return list, c.Do("GET", "/v1/incidents?"+query.Encode(), nil, &list)
}

// Incident asks for one incident.
func (c *Client) Incident(id string) (i Incident, err error) {
	return i, c.Do("GET", "/v1/incidents/"+url.PathEscape(id), nil, &i)
}
