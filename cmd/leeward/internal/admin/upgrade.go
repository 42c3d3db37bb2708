package admin

import "net/http"

// UpgradeRequest is the body of POST /v1/upgrade.
type UpgradeRequest struct {
	Binary  string `json:"binary,omitempty"`  // whole path of the program; "": that of the running one, as it is now
	Timeout string `json:"timeout,omitempty"` // for reading zones and map, a duration; "": ten minutes
}

// UpgradeResult is what an upgrade did.
type UpgradeResult struct {
	From string `json:"from"` // version
	To   string `json:"to"`   // likewise
	PID  int    `json:"pid"`  // of the process that answers now
	Took string `json:"took"` // from the order until it answered
}

// upgradeRoutes is the order that puts another process in this one's place. What it starts runs with all of its rights, so it
// is taken on the socket alone, whatever token comes by an address.
func upgradeRoutes(node Node) []Route {
	return []Route{{Method: "POST", Pattern: "/v1/upgrade", Role: RoleAdmin,
		Summary: "Replace the running program without losing a query; on the socket alone", Long: true, Body: UpgradeRequest{}, Reply: UpgradeResult{},
		Handle: func(w http.ResponseWriter, r *http.Request, who Caller) {
			if who.Way != BySocket {
				Reply(w, nil, &Refusal{Reason: "an upgrade is ordered on the admin socket alone"})
				return
			}
			var request UpgradeRequest
			if err := Read(r, &request); err != nil {
				Reply(w, nil, err)
				return
			}
			result, err := node.Upgrade(request)
			Reply(w, result, err)
		}}}
}
