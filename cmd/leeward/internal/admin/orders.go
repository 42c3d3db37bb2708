package admin

import (
	"net/http"

	"leeward/steering"
)

// orderRoutes are the requests that change the node, and the questions about its keys.
func orderRoutes(node Node) []Route {
	by := Param{Name: "by", Words: "whose order it is; counts on the socket alone"}
	return []Route{
		{Method: "POST", Pattern: "/v1/overrides", Role: RoleDrain, Summary: "Keep clients away from a colo, an uplink or an upstream, on all nodes",
			Body: DrainRequest{}, Reply: Override{}, Handle: replying(func(r *http.Request, who Caller) (any, error) {
				var request DrainRequest
				if err := Read(r, &request); err != nil {
					return nil, err
				}
				request.By = who.By(request.By)
				return node.Drain(request)
			})},
		{Method: "DELETE", Pattern: "/v1/overrides/{target...}", Role: RoleDrain, Summary: "End a drain, on all nodes", Query: []Param{by},
			Reply: struct{}{}, Handle: replying(func(r *http.Request, who Caller) (any, error) {
				place, err := steering.ParsePlace(r.PathValue("target"))
				if err != nil {
					return nil, err
				}
				return struct{}{}, node.Undrain(place, who.By(r.URL.Query().Get("by")))
			})},
		{Method: "POST", Pattern: "/v1/reload", Role: RoleAdmin, Summary: "Read the zones anew, and the configuration if that is asked for",
			Long: true, Body: ReloadRequest{}, Reply: ReloadResult{}, Handle: replying(func(r *http.Request, _ Caller) (any, error) {
				var request ReloadRequest
				if err := Read(r, &request); err != nil {
					return nil, err
				}
				return node.Reload(request)
			})},
		{Method: "GET", Pattern: "/v1/keys", Role: RoleRead, Summary: "How the node stands with its gossip keys, by their fingerprints", Reply: Keys{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.Keys() })},
		{Method: "POST", Pattern: "/v1/keys", Role: RoleAdmin, Summary: "Read the key files anew", Reply: Keys{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.ReloadKeys() })},
	}
}
