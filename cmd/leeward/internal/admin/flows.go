package admin

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"leeward/dnsserver"
	"leeward/zones"
)

// Flows is where clients are sent now, and where they were sent before.
type Flows struct {
	Before *FlowsBefore     `json:"before"` // what is compared with; null: nothing earlier is known
	Flows  *dnsserver.Flows `json:"flows"`
}

// FlowsBefore is the time that flows are compared with.
type FlowsBefore struct {
	At       time.Time `json:"at"`       // the verdicts are those in force until then
	Incident string    `json:"incident"` // that began then; "": none is open, and verdicts last changed then
}

// Flower knows where clients are sent.
type Flower interface {
	// Flows is about a steered RRset, or without a name about one with addresses everywhere.
	Flows(name zones.Name, qtype uint16) (Flows, error)
}

// flowRoutes are questions about all clients at once.
func flowRoutes(node Flower) []Route {
	return []Route{{Method: "GET", Pattern: "/v1/flows", Role: RoleRead, Summary: "Which clients are sent to which colo, and were before the newest open incident",
		Query: []Param{{Name: "name", Words: "a steered name; without it, what holds for an RRset with addresses in every uplink"},
			{Name: "type", Words: "A or AAAA; A without it"}},
		Reply:  Flows{},
		Handle: replying(func(r *http.Request, _ Caller) (any, error) { return flows(r, node) })}}
}

func flows(r *http.Request, node Flower) (any, error) {
	query := r.URL.Query()
	text, kind := query.Get("name"), strings.ToUpper(query.Get("type"))
	if text == "" {
		return node.Flows("", 0)
	}
	name, err := zones.ParseName(text)
	if err != nil {
		return nil, fmt.Errorf("name %.80q is no domain name", text)
	}
	if kind == "" {
		kind = "A"
	}
	if kind != "A" && kind != "AAAA" {
		return nil, fmt.Errorf("type %.20q: only A and AAAA are steered", kind)
	}
	qtype, _ := zones.ParseType(kind)
	return node.Flows(name, qtype)
}
