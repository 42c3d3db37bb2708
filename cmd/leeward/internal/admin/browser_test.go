package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What a browser may be made to do is not done.
func TestBrowsers(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(Access{Anonymous: true})
	looking := h.guard.Address().handler(h.table())
	known := newHouse(t)
	known.guard.Admit(known.access(false))
	writing := known.guard.Address().handler(known.table())
	local := known.guard.Socket().handler(known.table())
	for _, tt := range []struct {
		name    string
		handler http.Handler
		method  string
		host    string
		headers map[string]string
		want    int
	}{
		{"by address", looking, "GET", "127.0.0.1:9353", nil, 200},
		{"by another of this host's", looking, "GET", "127.1.0.53:9353", nil, 200},
		{"by IPv6", looking, "GET", "[::1]:9353", nil, 200},
		{"by name", looking, "GET", "localhost:9353", nil, 200},
		{"led here under another name", looking, "GET", "evil.example:9353", nil, 403},
		{"led here under a name that looks like it", looking, "GET", "localhost.evil.example", nil, 403},
		{"led here under an address that is not this host's", looking, "GET", "192.0.2.1:9353", nil, 403},
		{"without a host", looking, "GET", "", nil, 403},
		{"our page changes something", writing, "POST", "localhost", map[string]string{"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 200},
		{"no browser", writing, "POST", "localhost", nil, 200},
		{"another site's page changes something", writing, "POST", "localhost", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		{"an old browser does", writing, "POST", "localhost", map[string]string{"Origin": "https://evil.example"}, 403},
		{"a form does", writing, "POST", "localhost", map[string]string{"Content-Type": "text/plain"}, 415},
		{"a form of another kind does", writing, "POST", "localhost", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		{"said to be nothing", writing, "POST", "localhost", map[string]string{"Content-Type": ""}, 415},
		{"curl does, at the socket, where no page comes", local, "POST", "localhost", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, body := "/v1/status", ""
			if tt.method == "POST" {
				path, body = "/v1/reload", "{}"
			}
			r := httptest.NewRequest(tt.method, path, strings.NewReader(body))
			r.Host = tt.host
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			if tt.method == "POST" {
				r.Header.Set("Authorization", "Bearer "+known.tokens[RoleAdmin])
			}
			for k, v := range tt.headers {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			tt.handler.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%d %s, want %d", w.Code, w.Body, tt.want)
			}
			if got := w.Header(); got.Get("Access-Control-Allow-Origin") != "" || got.Get("X-Frame-Options") != "DENY" || got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Content-Security-Policy") == "" {
				t.Errorf("headers: %v", got)
			}
		})
	}
}

// What no route fits is answered with what would.
func TestUnknown(t *testing.T) {
	h := newHouse(t)
	handler := h.guard.Socket().handler(h.table())
	for _, tt := range []struct {
		method, target string
		status         int
		want           string
	}{
		{"GET", "/v1/statsu", 404, "did you mean /v1/status?"},
		{"GET", "/v1/zones/example.com/dif", 404, "did you mean /v1/zones/example.com/diff?"},
		{"DELETE", "/v1/override/colo:ams", 404, "did you mean /v1/overrides/colo:ams?"},
		{"GET", "/wp-login.php", 404, "/v1/openapi.yaml"},
		{"PUT", "/v1/overrides", 405, "is not for PUT, but for POST"},
		{"DELETE", "/v1/status", 405, "but for GET"},
		{"OPTIONS", "/v1/overrides/colo:ams", 405, "but for DELETE"},
		{"GET", "/v1/explain?nam=x", 400, "the query lacks name="},
		{"GET", "/v1/explain?name=x&clinet=1", 400, "did you mean client=?"},
		{"GET", "/v1/explain?name=x&name=y", 400, "more than once"},
		{"GET", "/v1/status?x=%zz", 400, "the query cannot be read"},
		{"GET", "/v1/status?x=1", 400, "knows no query"},
		{"POST", "/v1/keys", 200, ""},
		{"GET", "/v1/" + strings.Repeat("x", 5000), 404, "..."},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(tt.method, tt.target, nil))
		var f failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
			t.Errorf("%s %.40s: %v: %s", tt.method, tt.target, err, w.Body)
		}
		if w.Code != tt.status || !strings.Contains(f.Error, tt.want) || len(f.Error) > 700 {
			t.Errorf("%s %.40s: %d %s, want %d with %q", tt.method, tt.target, w.Code, f.Error, tt.status, tt.want)
		}
	}
}
