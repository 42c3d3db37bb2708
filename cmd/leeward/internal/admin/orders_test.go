package admin

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// orders are the records of the audit log, in short.
func (h *house) orders(t testing.TB) (list []string) {
	t.Helper()
	records, err := h.guard.Audit().Last(100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		list = append(list, r.Who+", "+r.From+": "+r.What+" "+string(r.Body)+" "+strconv.Itoa(r.Status)+" "+r.Error)
	}
	return list
}

// Every order by somebody who is known is recorded, whatever came of it; what strangers ask for is counted alone.
func TestAudit(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(h.access(false))
	handler := h.guard.Address().handler(h.table())
	ask := func(token, method, target, body string) int {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.RemoteAddr = "192.0.2.7:4711"
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	ask(h.tokens[RoleDrain], "POST", "/v1/overrides", `{"target": "colo:ams",  "reason": "x"}`)
	ask(h.tokens[RoleDrain], "POST", "/v1/reload", "")
	ask(h.tokens[RoleAdmin], "POST", "/v1/overrides", strings.Repeat("x", maxBody+1))
	ask(h.tokens[RoleAdmin], "GET", "/v1/status", "")
	ask("", "POST", "/v1/reload", "")
	ask("leeward_wrong", "DELETE", "/v1/overrides/colo:ams", "")
	want := []string{
		`drain, 192.0.2.7:4711: POST /v1/overrides {"target":"colo:ams","reason":"x"} 200 `,
		`drain, 192.0.2.7:4711: POST /v1/reload null 403 token drain has role drain, and this wants admin`,
		`admin, 192.0.2.7:4711: POST /v1/overrides null 413 the request's body is longer than 65536 octets`,
	}
	if got := h.orders(t); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	counts := map[string]uint64{}
	h.guard.Refused(func(reason string, n uint64) { counts[reason] = n })
	if counts["role"] != 1 || counts["nothing"] != 1 || counts["token"] != 1 {
		t.Errorf("refused: %v", counts)
	}
}

// A full disk does not stop an order, and is told.
func TestAuditOnFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	h := newHouse(t)
	var log bytes.Buffer
	h.guard.log = slog.New(slog.NewTextHandler(&log, nil))
	if err := os.Symlink("/dev/full", filepath.Join(h.dir, "audit.log")); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/v1/reload", nil)
	h.guard.Socket().handler(h.table()).ServeHTTP(w, r)
	if w.Code != http.StatusOK || h.reached.Load() != 1 {
		t.Errorf("the order: %d", w.Code)
	}
	if n, err := h.guard.Audit().Lost(); n != 1 || err == nil || !strings.Contains(log.String(), "no space left on device") {
		t.Errorf("lost %d, %v; log:\n%s", n, err, log.String())
	}
}

// A wrong token is told so, and after ten of them in a minute to wait; the log hears of an address once a minute; and a right
// one is let in all the while.
func TestWrongTokens(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	h.guard.log = slog.New(slog.NewTextHandler(&log, nil))
	h.guard.Admit(h.access(false))
	at := time.Now()
	h.guard.clock = func() time.Time { return at }
	handler := h.guard.Address().handler(h.table())
	ask := func(from, token string) int {
		r := httptest.NewRequest("GET", "/v1/status", nil)
		r.RemoteAddr = from + ":1"
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range 20 {
		want := http.StatusUnauthorized
		if i >= wrongTokens {
			want = http.StatusTooManyRequests
		}
		if got := ask("192.0.2.1", "leeward_"+strconv.Itoa(i)); got != want {
			t.Fatalf("wrong token %d: %d, want %d", i, got, want)
		}
	}
	if got := ask("192.0.2.1", h.tokens[RoleRead]); got != http.StatusOK {
		t.Errorf("a right token from there: %d", got)
	}
	if got := ask("192.0.2.2", "leeward_x"); got != http.StatusUnauthorized {
		t.Errorf("from elsewhere: %d", got)
	}
	at = at.Add(memory)
	if got := ask("192.0.2.1", "leeward_x"); got != http.StatusUnauthorized {
		t.Errorf("a minute later: %d", got)
	}
	if n := strings.Count(log.String(), "admin request refused"); n != 3 {
		t.Errorf("%d lines in the log, want 3:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "leeward_") {
		t.Errorf("the log has tokens:\n%s", log.String())
	}
	for i := range 3 * mostOfThem { // many addresses fill no memory
		ask("2001:db8::"+strconv.FormatInt(int64(i), 16), "leeward_x")
	}
	if n := len(h.guard.strangers.list); n > mostOfThem+1 {
		t.Errorf("%d addresses are remembered", n)
	}
}

// Whom an order is by follows from what was shown; only on the socket the request's word counts.
func TestBy(t *testing.T) {
	for _, tt := range []struct {
		who        Caller
		said, want string
	}{
		{Caller{Name: "root", Way: BySocket}, "alice", "alice"},
		{Caller{Name: "root", Way: BySocket}, "", "root"},
		{Caller{Name: "bob", Way: ByToken}, "alice", "bob"},
		{Caller{Name: "bob", Way: ByCertificate}, "", "bob"},
	} {
		if got := tt.who.By(tt.said); got != tt.want {
			t.Errorf("%+v, said %q: %q, want %q", tt.who, tt.said, got, tt.want)
		}
	}
}

// Who may only look cannot fill the audit log, and push out what others did.
func TestFutileOrders(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(h.access(false))
	handler := h.guard.Address().handler(h.table())
	order := func(role Role) {
		r := httptest.NewRequest("DELETE", "/v1/overrides/colo:ams", nil)
		r.Header.Set("Authorization", "Bearer "+h.tokens[role])
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	for range 3 * wrongTokens {
		order(RoleRead)
		order(RoleDrain)
	}
	kept := map[bool]int{}
	for _, line := range h.orders(t) {
		kept[strings.HasPrefix(line, "drain")]++
	}
	if kept[false] != wrongTokens || kept[true] != 3*wrongTokens {
		t.Errorf("kept %d refusals and %d orders that were done", kept[false], kept[true])
	}
}

// The reply of an order that reads zones is waited for, however long that takes; any other has to be quick.
func TestLongOrders(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewUnstartedServer(h.guard.Socket().handler(h.table()))
	server.Config.WriteTimeout = time.Nanosecond // over when the order is carried out
	server.Start()
	defer server.Close()
	for _, tt := range []struct {
		path string
		want bool
	}{{"/v1/reload", true}, {"/v1/zones/example.com/rollback", true}, {"/v1/overrides", false}} {
		response, err := http.Post(server.URL+tt.path, "application/json", nil)
		if (err == nil) != tt.want {
			t.Errorf("%s: %v", tt.path, err)
		}
		if err == nil {
			_ = response.Body.Close()
		}
		if patient := patienceFor("POST", tt.path) == reading; patient != tt.want {
			t.Errorf("%s: a client waits %s", tt.path, patienceFor("POST", tt.path))
		}
	}
}

// A path that is unknown and long costs no more than a short one.
func TestLongPath(t *testing.T) {
	h := newHouse(t)
	handler := h.guard.Address().handler(h.table())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1/x/"+strings.Repeat("a", 15<<10), nil))
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; w.Code != http.StatusNotFound || used > 32<<20 {
		t.Errorf("%d, with %d octets of memory", w.Code, used)
	}
}
