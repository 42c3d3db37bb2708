package admin

import (
	"net/http"
	"slices"
	"strings"

	"leeward/steering"
)

// Handler is the API of a node behind one of its doors. Metrics are served by another's handler.
func Handler(node Node, metrics http.Handler, door Door) http.Handler {
	return door.handler(routes(node, metrics, door.guard))
}

// handler is what answers the requests of a table.
func (d Door) handler(table []Route) http.Handler {
	mux := http.NewServeMux()
	for i := range table {
		mux.HandleFunc(table[i].Method+" "+table[i].Pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(&table[i], w, r) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { unknown(w, r, mux, table) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guardHeaders(w.Header())
		mux.ServeHTTP(w, r)
	})
}

// serve answers the request of a route, if its caller may make it, and it is one.
func (d Door) serve(route *Route, w http.ResponseWriter, r *http.Request) {
	who, denied := d.allows(route, r)
	if route.changes() && who.Way != ByNothing {
		record := &recorder{ResponseWriter: w}
		w = record
		defer func() { d.guard.record(who, r, record) }()
	}
	if denied != nil {
		d.guard.refuse(w, r, who, denied)
		return
	}
	if status, fault := proper(route, w, r, who); fault != "" {
		Fail(w, status, fault)
		return
	}
	if route.Long {
		w = unhurried(w)
	}
	route.Handle(w, r, who)
}

// guardHeaders keep a browser from taking a reply for what it is not, from showing it within another page, and from keeping
// it. A page of its own sets another Content-Security-Policy.
func guardHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// unknown answers what no route fits: 405 where another method would, else 404 with the nearest path there is.
func unknown(w http.ResponseWriter, r *http.Request, mux *http.ServeMux, table []Route) {
	var methods, paths []string
	path := word(r.URL.Path) // whoever asks for a long one is not to be compared with it for long
	for i := range table {
		if m := table[i].Method; !slices.Contains(methods, m) {
			other := r.Clone(r.Context())
			other.Method = m
			if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, m+" ") {
				methods = append(methods, m)
			}
		}
		if strings.HasPrefix(table[i].Pattern, "/v1/") {
			paths = append(paths, fill(table[i].Pattern, path))
		}
	}
	if len(methods) > 0 {
		allow := strings.Join(methods, ", ")
		w.Header().Set("Allow", allow)
		Fail(w, http.StatusMethodNotAllowed, path+" is not for "+word(r.Method)+", but for "+allow)
		return
	}
	why := path + " is not known: all that is stands in /v1/openapi.yaml"
	if strings.HasPrefix(path, "/v1/") {
		why = path + " is not known: did you mean " + word(steering.NearestName(path, paths)) + "? All that is stands in /v1/openapi.yaml"
	}
	Fail(w, http.StatusNotFound, why)
}

// fill puts the words of a path in the places that a pattern leaves open.
func fill(pattern, path string) string {
	open, words := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i := range open {
		if !strings.HasPrefix(open[i], "{") || i >= len(words) {
			continue
		}
		if strings.HasSuffix(open[i], "...}") {
			open[i] = strings.Join(words[i:], "/")
		} else {
			open[i] = words[i]
		}
	}
	return strings.Join(open, "/")
}

// word is a word of a request for a message: not longer than a line.
func word(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}
