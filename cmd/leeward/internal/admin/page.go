package admin

import (
	"net/http"

	"leeward/cmd/leeward/internal/page"
)

// pageRoutes are the files of the dashboard. They say nothing of the node, so that everybody may have them: whoever opens the page
// is asked for a token there.
func pageRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/{$}", Role: RoleOpen, Summary: "The dashboard", Reply: Media("text/html"),
			Handle: func(w http.ResponseWriter, r *http.Request, _ Caller) { page.Serve(w, r, page.Index) }},
		{Method: "GET", Pattern: "/page/{file}", Role: RoleOpen, Summary: "Files of the dashboard", Reply: Media("text/javascript"),
			Handle: func(w http.ResponseWriter, r *http.Request, _ Caller) { page.Serve(w, r, r.PathValue("file")) }},
	}
}
