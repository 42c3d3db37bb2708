package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// history is a node that tells of some incidents, every other of them open.
type history int

func (h history) IncidentList() Incidents {
	list := Incidents{Incidents: []Incident{}, Events: []IncidentEvent{}}
	for n := range int(h) {
		i := Incident{ID: fmt.Sprint("i", n), State: "open"}
		if n%2 == 1 {
			i.State, i.End = "ended", &time.Time{}
		}
		list.Incidents = append(list.Incidents, i)
	}
	return list
}

func (h history) FindIncident(id string) *Incident {
	for _, i := range h.IncidentList().Incidents {
		if i.ID == id {
			return &i
		}
	}
	return nil
}

func TestIncidentRequests(t *testing.T) {
	mux := http.NewServeMux()
	for _, route := range incidentRoutes(history(300)) {
		mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) { route.Handle(w, r, Caller{}) })
	}
	for _, row := range []struct {
		path   string
		status int
		shown  int // incidents
		says   string
	}{
		{"/v1/incidents", 200, 100, `"i99"`},
		{"/v1/incidents?limit=3", 200, 3, `"i2"`},
		{"/v1/incidents?state=open&limit=3", 200, 3, `"i4"`},
		{"/v1/incidents?state=ended&limit=1", 200, 1, `"i1"`},
		{"/v1/incidents?state=all&limit=1000", 200, 300, `"i299"`},
		{"/v1/incidents?state=half", 400, 0, `state \"half\": open, ended or all is wanted`},
		{"/v1/incidents?limit=0", 400, 0, `limit \"0\": a number from 1 on is wanted`},
		{"/v1/incidents?limit=many", 400, 0, `a number from 1 on is wanted`},
		{"/v1/incidents/i7", 200, 1, `"ended"`},
		{"/v1/incidents/i300", 404, 0, `there is no incident \"i300\", or it is no longer kept`},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", row.path, nil))
		if body := w.Body.String(); w.Code != row.status || strings.Count(body, `"id"`) != row.shown || !strings.Contains(body, row.says) {
			t.Errorf("%s: %d with %d incidents: %.300s", row.path, w.Code, strings.Count(body, `"id"`), body)
		}
	}
}
