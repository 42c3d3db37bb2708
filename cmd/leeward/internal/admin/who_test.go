package admin

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/audit"
)

// house is the doors of a node that does nothing but count what comes through.
type house struct {
	t       testing.TB
	guard   *Guard
	reached atomic.Int64
	tokens  map[Role]string
	clients *authority
	servers *authority
	dir     string
}

// newHouse has a token for each role, and clients whose names are those of the roles.
func newHouse(t testing.TB) *house {
	h := &house{t: t, tokens: map[Role]string{}, clients: newAuthority(t, "operators"), servers: newAuthority(t, "servers"), dir: t.TempDir()}
	h.guard = NewGuard(GuardOptions{Logger: slog.New(slog.DiscardHandler), Audit: audit.New(h.dir)})
	return h
}

// access is for all that can be shown, with TLS or without.
func (h *house) access(secure bool) Access {
	var a Access
	for _, role := range []Role{RoleRead, RoleDrain, RoleAdmin} {
		token, sum := NewToken()
		h.tokens[role] = token
		a.Tokens = append(a.Tokens, Token{Name: role.String(), Role: role, SHA256: sum})
		a.Clients = append(a.Clients, Certified{Name: role.String() + ".example.net", Role: role})
	}
	if !secure {
		a.Clients = nil
		return a
	}
	cert, key := h.servers.issue("server", leaf{common: "server", dns: []string{"localhost"}, server: true})
	var err error
	a.Identity, err = LoadIdentity(TLSFiles{Certificate: cert, Key: key, ClientCA: filepath.Join(h.clients.dir, "ca.crt")}, slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// table is all routes, with nobody behind them.
func (h *house) table() []Route {
	list := table()
	for i := range list {
		list[i].Handle = func(w http.ResponseWriter, _ *http.Request, _ Caller) {
			h.reached.Add(1)
			Reply(w, struct{}{}, nil)
		}
	}
	return list
}

// open serves a door until the test ends.
func (h *house) open(l net.Listener, door Door) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, door.handler(h.table()), slog.New(slog.DiscardHandler)) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	})
}

// address opens an address, with TLS or without, and gives its URL.
func (h *house) address(secure bool) string {
	l, err := ListenTCP("127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	at := l.Addr().String()
	if secure {
		h.open(tls.NewListener(l, h.guard.TLS()), h.guard.Address())
		return "https://" + at
	}
	h.open(l, h.guard.Address())
	return "http://" + at
}

// way is a way in.
type way struct {
	house *house
	name  string
	url   string
	http  *http.Client
	token string
	want  func(Role) int // the status of a request that wants a role
}

// ask makes the request of a route.
func (w way) ask(t testing.TB, route *Route) int {
	t.Helper()
	path := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(strings.ReplaceAll(route.Pattern, "{$}", ""), "colo:ams")
	for i, p := range route.Query {
		if p.Required {
			path += map[bool]string{true: "?", false: "&"}[i == 0] + p.Name + "=x"
		}
	}
	var body io.Reader
	if route.Body != nil {
		body = strings.NewReader("{}")
	}
	r, err := http.NewRequest(route.Method, w.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if w.token != "" {
		r.Header.Set("Authorization", "Bearer "+w.token)
	}
	response, err := w.http.Do(r)
	if err != nil {
		t.Fatalf("%s: %s %s: %v", w.name, route.Method, path, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// upTo is what a role that was shown may do.
func upTo(role Role) func(Role) int {
	return func(wanted Role) int {
		if wanted <= role {
			return http.StatusOK
		}
		return http.StatusForbidden
	}
}

// but is the status of all that is not open to all.
func but(status int) func(Role) int {
	return func(wanted Role) int {
		if wanted == RoleOpen {
			return http.StatusOK
		}
		return status
	}
}

// Every request by every way in: nobody gets through who may not, and whoever may does. The rows are those of the charts
// above caller and allows.
func TestWhoMay(t *testing.T) {
	var ways []way
	plain := newHouse(t) // an address on loopback, without authentication
	plain.guard.Admit(Access{Anonymous: true})
	ways = append(ways, way{house: plain, name: "loopback, nothing to show", url: plain.address(false), http: &http.Client{}, want: func(wanted Role) int {
		return map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[wanted <= RoleRead]
	}})
	ways = append(ways, way{house: plain, name: "loopback, a token where none is known", url: ways[0].url, http: &http.Client{}, token: "leeward_x", want: but(http.StatusUnauthorized)})
	ways = append(ways, tokenWays(newHouse(t))...)
	ways = append(ways, certificateWays(newHouse(t))...)
	socket := newHouse(t)
	file := filepath.Join(t.TempDir(), "s")
	l, err := ListenSocket(SocketFile{Path: file, Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	socket.open(l, socket.guard.Socket())
	ways = append(ways, way{house: socket, name: "socket", url: "http://leeward", http: AtSocket(file).http, want: upTo(RoleAdmin)})

	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			for _, route := range table() {
				w.house.forget()
				if got, want := w.ask(t, &route), w.want(route.Role); got != want {
					t.Errorf("%s %s (role %s): %d, want %d", route.Method, route.Pattern, route.Role, got, want)
				}
			}
		})
	}
}

func tokenWays(h *house) []way {
	a := h.access(false)
	a.Anonymous = true
	h.guard.Admit(a)
	lookers := way{name: "loopback, a token known, none shown", url: h.address(false), http: &http.Client{}, want: func(wanted Role) int {
		return map[bool]int{true: http.StatusOK, false: http.StatusUnauthorized}[wanted <= RoleRead]
	}}
	strict := newHouse(h.t)
	strict.guard.Admit(strict.access(false))
	url := strict.address(false)
	ways := []way{lookers, {name: "none shown", url: url, http: &http.Client{}, want: but(http.StatusUnauthorized)}}
	for role, token := range strict.tokens {
		ways = append(ways, way{name: "token of role " + role.String(), url: url, http: &http.Client{}, token: token, want: upTo(role)})
	}
	for _, wrong := range []string{"leeward_wrong", strict.tokens[RoleAdmin] + "x", strings.ToUpper(strict.tokens[RoleAdmin])} {
		ways = append(ways, way{name: "wrong token " + wrong[:10], url: url, http: &http.Client{}, token: wrong, want: but(http.StatusUnauthorized)})
	}
	for i := range ways {
		ways[i].house = strict
	}
	return ways
}

// forget has a house forget who was refused: after ten wrong tokens in a minute the answer is another.
func (h *house) forget() {
	h.guard.strangers.mu.Lock()
	defer h.guard.strangers.mu.Unlock()
	h.guard.strangers.list = nil
}

func certificateWays(h *house) []way {
	h.guard.Admit(h.access(true))
	url := h.address(true)
	client := func(pairs ...tls.Certificate) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: h.servers.pool(),
			// Whatever authorities the server names: it is the server that is tested.
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(pairs) == 0 {
					return &tls.Certificate{}, nil
				}
				return &pairs[0], nil
			}}}}
	}
	foreign := newAuthority(h.t, "operators") // of the same name
	ways := []way{
		{name: "TLS, nothing shown", url: url, http: client(), want: but(http.StatusUnauthorized)},
		{name: "TLS, wrong token", url: url, http: client(), token: "leeward_x", want: but(http.StatusUnauthorized)},
		{name: "certificate of a foreign authority", url: url, http: client(foreign.pair("admin", leaf{common: "admin.example.net"})), want: but(http.StatusForbidden)},
		{name: "certificate expired", url: url, http: client(h.clients.pair("old", leaf{common: "admin.example.net", until: -time.Minute, whole: 30 * time.Minute})), want: but(http.StatusForbidden)},
		{name: "certificate of an unknown name", url: url, http: client(h.clients.pair("mallory", leaf{common: "mallory.example.net"})), want: but(http.StatusForbidden)},
		{name: "certificate for servers", url: url, http: client(h.clients.pair("server", leaf{common: "admin.example.net", server: true})), want: but(http.StatusForbidden)},
		{name: "certificate, and a wrong token", url: url, http: client(h.clients.pair("both", leaf{common: "admin.example.net"})), token: "leeward_x", want: but(http.StatusUnauthorized)},
		{name: "certificate, by its DNS name", url: url, http: client(h.clients.pair("dns", leaf{common: "somebody", dns: []string{"drain.example.net"}})), want: upTo(RoleDrain)},
	}
	for _, role := range []Role{RoleRead, RoleDrain, RoleAdmin} {
		name := role.String() + ".example.net"
		ways = append(ways,
			way{name: "certificate of role " + role.String(), url: url, http: client(h.clients.pair(name, leaf{common: name})), want: upTo(role)},
			way{name: "TLS, token of role " + role.String(), url: url, http: client(), token: h.tokens[role], want: upTo(role)})
	}
	for i := range ways {
		ways[i].house = h
	}
	return ways
}
