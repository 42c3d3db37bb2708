package admin

import "time"

// Incidents are what belongs together of what happened, and what happened beside it.
type Incidents struct {
	Incidents []Incident      `json:"incidents"` // newest first
	Events    []IncidentEvent `json:"events"`    // that belong to no incident, newest first
}

// Incident is one trouble from its beginning to its end, as all nodes tell it.
type Incident struct {
	ID           string          `json:"id"`
	State        string          `json:"state"` // open, ended
	Cause        Cause           `json:"cause"`
	Title        string          `json:"title"`
	Start        time.Time       `json:"start"`         // the first verdict, or order
	End          *time.Time      `json:"end"`           // null: it is open
	FirstFailure *time.Time      `json:"first_failure"` // when the first probe failed; null: no probe told of it
	Colos        []string        `json:"colos"`
	Upstreams    []string        `json:"upstreams"`
	Names        []string        `json:"names"` // some of the steered RRsets that were answered otherwise, such as "www.example.com. A"
	NamesTotal   int             `json:"names_total"`
	Partly       bool            `json:"names_partly"`   // there was no time to look at all names: there may be more
	ClientShare  *float64        `json:"client_share"`   // of the clients of these names that were moved, 0 to 1; null: not known
	Detected     string          `json:"detected_after"` // from the first failed probe to the first verdict; "" not known, as below
	Agreed       string          `json:"agreed_after"`   // until all members judged alike
	Moved        string          `json:"moved_after"`    // until the answers given before have run out
	Updated      time.Time       `json:"updated"`
	Events       []IncidentEvent `json:"events"` // oldest first
}

// Cause is why, as judged.
type Cause struct {
	Kind  string `json:"kind"` // upstream, colo, uplink, service, operator, zone
	Name  string `json:"name"`
	Words string `json:"words"`
}

// IncidentEvent is one change.
type IncidentEvent struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"` // verdict, override, zone, member
	On     string    `json:"on"`   // uplink:ams/northway, upstream:northway, colo:ams, service:web of 192.0.2.1 in ams/northway, zone:example.com., member:ns1-ams
	From   string    `json:"from"`
	To     string    `json:"to"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`   // of an override: who
	Node   string    `json:"node"` // whose word it is
}

// OpenIncident is an incident as the status tells it.
type OpenIncident struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Cause Cause     `json:"cause"`
	Start time.Time `json:"start"`
}
