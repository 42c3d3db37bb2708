//go:build linux

package lab

import (
	"context"
	"time"
)

// Incident is what a node tells of an incident.
type Incident struct {
	ID, State, Title string
	Cause            struct{ Kind, Name, Words string }
	Start            time.Time
	First            *time.Time `json:"first_failure"`
	End              *time.Time
	Colos, Names     []string
	Share            *float64 `json:"client_share"`
	Detected         string   `json:"detected_after"`
	Agreed           string   `json:"agreed_after"`
	Moved            string   `json:"moved_after"`
	Updated          time.Time
	Events           []IncidentEvent
}

// IncidentEvent is one change in an incident.
type IncidentEvent struct {
	At                                   time.Time
	Kind, On, From, To, Reason, By, Node string
}

// Incidents asks the node for all that it tells of, newest first.
func (n *Node) Incidents(ctx context.Context) ([]Incident, error) {
	var list struct{ Incidents []Incident }
	err := n.get(ctx, "/v1/incidents", &list)
	return list.Incidents, err
}
