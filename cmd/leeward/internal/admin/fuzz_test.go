package admin

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"leeward/cmd/leeward/internal/audit"
)

// No request, whatever stands in it, panics, is answered with a status of the server's own faults, or comes through to what
// its caller has no role for.
func FuzzDoors(f *testing.F) {
	f.Add("GET", "/v1/status", "", "", "", uint8(0))
	f.Add("POST", "/v1/overrides", `{"target":"colo:ams"}`, "application/json", "Bearer x", uint8(1))
	f.Add("DELETE", "/v1/overrides/colo:ams?by=x", "", "", "Basic x", uint8(2))
	f.Add("HEAD", "//v1/../v1/zones/%2F/diff?x=%zz", "", "", "Bearer", uint8(3))
	guard := NewGuard(GuardOptions{Logger: slog.New(slog.DiscardHandler), Audit: audit.New("")})
	token, sum := NewToken()
	guard.Admit(Access{Anonymous: true, Tokens: []Token{{Name: "drainer", Role: RoleDrain, SHA256: sum}}})
	f.Fuzz(func(t *testing.T, method, target, body, kind, authorization string, way uint8) {
		may := RoleRead
		if way%2 == 1 {
			authorization, may = "Bearer "+token, RoleDrain
		}
		reached := RoleOpen
		list := table()
		for i := range list {
			role := list[i].Role
			list[i].Handle = func(w http.ResponseWriter, r *http.Request, _ Caller) {
				reached = max(reached, role)
				var any map[string]any
				err := Read(r, &any)
				Reply(w, any, err)
			}
		}
		r, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1", strings.NewReader(body))
		if err != nil {
			return
		}
		if r.URL, err = r.URL.Parse(target); err != nil {
			return
		}
		r.RequestURI, r.RemoteAddr = target, "127.0.0.1:1"
		r.Header = http.Header{"Content-Type": {kind}, "Authorization": {authorization}}
		w := httptest.NewRecorder()
		guard.Address().handler(list).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
		if reached > may {
			t.Errorf("who may %s reached what wants %s", may, reached)
		}
		_, _ = io.Copy(io.Discard, w.Body)
	})
}
