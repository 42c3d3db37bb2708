package admin

import (
	"net/http"
	"slices"
)

// Route is a request that the API answers. All that is said of the API is made of the table of routes: who may ask, the
// mux, and the document at /v1/openapi.yaml.
type Route struct {
	Method  string
	Pattern string // in the manner of http.ServeMux
	Role    Role   // needed
	Summary string // a sentence without its stop
	Query   []Param
	Body    any  // a value of the type of the body; nil: there is none
	Reply   any  // a value of the type of the reply; a Media where that is no JSON
	Long    bool // it may take as long as zones take to be read: its reply is waited for
	Handle  Handle
}

// Handle answers a request. The caller has the role that the route wants.
type Handle func(w http.ResponseWriter, r *http.Request, who Caller)

// Param is what may stand in the query of a request.
type Param struct {
	Name     string
	Words    string // what it is
	Required bool
	Many     bool // may be given again
}

// Media is the type of a reply that is no JSON.
type Media string

// routes is the table of all requests.
func routes(node Node, metrics http.Handler, guard *Guard) []Route {
	return slices.Concat(processRoutes(node, metrics), answerRoutes(node), orderRoutes(node), upgradeRoutes(node), zoneRoutes(node), challengeRoutes(node), auditRoutes(guard.audit),
		flowRoutes(node), listRoutes(node), feedRoutes(node), levelRoutes(node), incidentRoutes(node), pageRoutes())
}

// replying is a handle that replies with a value, or an error.
func replying(do func(r *http.Request, who Caller) (any, error)) Handle {
	return func(w http.ResponseWriter, r *http.Request, who Caller) {
		value, err := do(r, who)
		Reply(w, value, err)
	}
}
