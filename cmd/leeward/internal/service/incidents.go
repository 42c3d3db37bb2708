package service

import (
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering/incident"
)

// IncidentList is what happened, for the API.
func (s *Service) IncidentList() admin.Incidents {
	log := s.Incidents()
	list := admin.Incidents{Incidents: []admin.Incident{}, Events: events(log.Loose)}
	for i := range log.Incidents {
		list.Incidents = append(list.Incidents, shownIncident(&log.Incidents[i]))
	}
	return list
}

// newestIncidents are the incidents that are open, and so many of the newest, which without their events are quickly told.
func (s *Service) newestIncidents() admin.Incidents {
	const most = 20
	list := admin.Incidents{Incidents: []admin.Incident{}, Events: []admin.IncidentEvent{}}
	log := s.Incidents()
	for i := range log.Incidents {
		of := log.Incidents[i]
		if len(list.Incidents) >= most && !of.Open {
			continue
		}
		if !of.Open {
			of.Events = nil
		}
		list.Incidents = append(list.Incidents, shownIncident(&of))
	}
	return list
}

// FindIncident is the incident of an id, nil if there is none.
func (s *Service) FindIncident(id string) *admin.Incident {
	found := s.Incidents().Find(id)
	if found == nil {
		return nil
	}
	shown := shownIncident(found)
	return &shown
}

func shownIncident(i *incident.Incident) admin.Incident {
	shown := admin.Incident{ID: i.ID, State: "ended", Cause: admin.Cause(i.Cause), Title: i.Title, Start: i.Start, FirstFailure: instant(i.First),
		End: instant(i.End), Colos: some(i.Colos), Upstreams: some(i.Upstreams), Names: some(i.Names), NamesTotal: i.Total, Partly: i.Part,
		Detected: after(i.Detected), Agreed: after(i.Agreed), Moved: after(i.Moved), Updated: i.Updated, Events: events(i.Events)}
	if i.Open {
		shown.State = "open"
	}
	if i.Known {
		shown.ClientShare = &i.Share
	}
	return shown
}

func events(of []incident.Event) []admin.IncidentEvent {
	shown := []admin.IncidentEvent{}
	for _, e := range of {
		shown = append(shown, admin.IncidentEvent{At: e.At, Kind: string(e.Kind), On: e.On, From: e.From, To: e.To, Reason: e.Reason, By: e.By, Node: e.Node})
	}
	return shown
}

// some is a list that is never null.
func some(of []string) []string { return append([]string{}, of...) }

// instant is a time, or nil for none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// after shows a time from the first failure on to a tenth of a second, "" where it is not known.
func after(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return seconds(d)
}

// openIncidents are those that the status tells of.
func (s *Service) openIncidents() []admin.OpenIncident {
	list := []admin.OpenIncident{}
	for _, i := range s.Incidents().Open() {
		list = append(list, admin.OpenIncident{ID: i.ID, Title: i.Title, Cause: admin.Cause(i.Cause), Start: i.Start})
	}
	return list
}

// causes are the kinds of causes.
var causes = []string{"upstream", "colo", "uplink", "service", "operator", "zone"}

// incidentMetrics reads how many incidents are open, by cause.
func (s *Service) incidentMetrics(put put) {
	open := map[string]int{}
	for _, i := range s.Incidents().Open() {
		open[i.Cause.Kind]++
	}
	for _, cause := range causes {
		put(incidentsOpen, float64(open[cause]), cause)
	}
	put(reportsRefused, float64(s.history.refused.Load()))
}
