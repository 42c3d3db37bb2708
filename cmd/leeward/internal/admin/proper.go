package admin

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leeward/steering"
)

// maxBody bounds the body of a request, in octets.
const maxBody = 64 << 10

// proper says what is wrong with a request before anybody looks at what it means; "" for nothing. The body has been read
// whole when it returns.
//
//	the query is not one, or has what the route does not know, or again       400
//	the body is too large                                                     413
//	there is one, and the route takes none                                    400
//	it comes by an address, and is not said to be JSON: a page elsewhere      415
//	    can send other types freely
//	it did not come whole                                                     400
func proper(route *Route, w http.ResponseWriter, r *http.Request, who Caller) (status int, fault string) {
	if fault := route.query(r); fault != "" {
		return http.StatusBadRequest, fault
	}
	if !route.changes() {
		return 0, ""
	}
	wantBody(w)
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("the request's body is longer than %d octets", maxBody)
	}
	if err != nil {
		return http.StatusBadRequest, "the request's body did not come whole: " + err.Error()
	}
	r.Body = newBody(text)
	if len(text) == 0 {
		return 0, ""
	}
	if route.Body == nil {
		return http.StatusBadRequest, "this request takes no body"
	}
	if who.Way == BySocket {
		return 0, ""
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return http.StatusUnsupportedMediaType, "the body must be JSON, and be said to be: Content-Type: application/json"
	}
	return 0, ""
}

// query looks at what stands in the query of a request.
func (route *Route) query(r *http.Request) (fault string) {
	if !strings.HasPrefix(route.Pattern, "/v1/") {
		return ""
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "the query cannot be read: " + word(err.Error())
	}
	var known []string
	for _, p := range route.Query {
		known = append(known, p.Name)
		if p.Required && values.Get(p.Name) == "" {
			return fmt.Sprintf("the query lacks %s=: %s", p.Name, p.Words)
		}
		if len(values[p.Name]) > 1 && !p.Many {
			return fmt.Sprintf("the query has %s= more than once", p.Name)
		}
	}
	for name := range values {
		switch {
		case slices.Contains(known, name):
		case len(known) == 0:
			return fmt.Sprintf("%s knows no query: %q", route.Pattern, word(name))
		default:
			return fmt.Sprintf("%s knows no %q in the query: did you mean %s=?", route.Pattern, word(name), steering.NearestName(name, known))
		}
	}
	return ""
}
