package admin

import (
	"encoding/json"
	"net/http"
)

// Handler is the API of a node behind one of its doors. Metrics are served by another's handler.
func Handler(node Node, metrics http.Handler, door Door) http.Handler {
	mux := http.NewServeMux()
	for _, route := range routes(node, metrics) {
		mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			who := door.caller(r)
			if who.Role < route.Role {
				w.WriteHeader(http.StatusForbidden)
				_ = json.NewEncoder(w).Encode(failure{"this address may only look; use the admin socket to change things"})
				return
			}
			route.Handle(w, r, who)
		})
	}
	return mux
}
