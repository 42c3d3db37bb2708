package admin

import (
	"fmt"
	"net/http"

	"leeward/docs"
)

// plain is what is written for people, or for programs that want a word.
const plain = Media("text/plain")

// processRoutes are what a load balancer and a monitor ask for.
func processRoutes(node Node, metrics http.Handler) []Route {
	return []Route{
		{Method: "GET", Pattern: "/health", Role: RoleOpen, Summary: "Whether the process lives", Reply: plain,
			Handle: func(w http.ResponseWriter, _ *http.Request, _ Caller) { fmt.Fprintln(w, "ok") }},
		{Method: "GET", Pattern: "/ready", Role: RoleOpen, Summary: "Whether to send this node queries, for who has other nodes to send them to: 200, else 503", Reply: plain,
			Handle: func(w http.ResponseWriter, _ *http.Request, _ Caller) {
				r := node.Readiness()
				if !r.Ready || r.Leaving {
					http.Error(w, r.Words(), http.StatusServiceUnavailable)
					return
				}
				fmt.Fprintln(w, r.Words())
			}},
		{Method: "GET", Pattern: "/v1/ready", Role: RoleOpen, Summary: "Whether this node is to be sent queries, for who withdraws its route: the last that is ready stays so", Reply: Readiness{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.Readiness(), nil })},
		{Method: "GET", Pattern: "/metrics", Role: RoleRead, Summary: "Metrics in the format of Prometheus", Reply: plain,
			Handle: func(w http.ResponseWriter, r *http.Request, _ Caller) { metrics.ServeHTTP(w, r) }},
		{Method: "GET", Pattern: "/v1/openapi.yaml", Role: RoleRead, Summary: "This API, for OpenAPI tools", Reply: Media("application/yaml"),
			Handle: func(w http.ResponseWriter, _ *http.Request, _ Caller) {
				w.Header().Set("Content-Type", "application/yaml")
				_, _ = w.Write(docs.OpenAPI()) // the peer may be gone
			}},
	}
}
