package admin

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TLS as real clients speak it: what is too old is refused, and a client that cannot know the server's authority too.
func TestTLS(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(h.access(true))
	url := h.address(true)
	ca := filepath.Join(h.servers.dir, "ca.crt")
	cert, key := h.clients.issue("bob", leaf{common: "admin.example.net"})
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing shown, to a load balancer", []string{"--cacert", ca, url + "/health"}, "200"},
		{"nothing shown", []string{"--cacert", ca, url + "/v1/status"}, "401"},
		{"a token", []string{"--cacert", ca, "-H", "Authorization: Bearer " + h.tokens[RoleRead], url + "/v1/status"}, "200"},
		{"a certificate", []string{"--cacert", ca, "--cert", cert, "--key", key, "-X", "POST", url + "/v1/reload"}, "200"},
		{"TLS 1.2", []string{"--cacert", ca, "--tls-max", "1.2", url + "/health"}, "200"},
		{"the server's authority is not known", []string{url + "/health"}, "exit status 60"},
		{"plain HTTP", []string{strings.Replace(url, "https", "http", 1) + "/health"}, "400"},
	} {
		if got := curl(t, nil, tt.args...); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: curl: %s, want %s", tt.name, got, tt.want)
		}
	}
	for version, want := range map[string]string{"-tls1_1": "alert protocol version", "-tls1_2": "TLSv1.2", "-tls1_3": "TLSv1.3"} {
		// Security level 0 lets openssl try what it would not of itself.
		c := exec.Command(tool(t, "openssl"), "s_client", "-connect", strings.TrimPrefix(url, "https://"), version, "-cipher", "DEFAULT:@SECLEVEL=0")
		out, _ := c.CombinedOutput() // it ends with 1 where the server refuses
		if !strings.Contains(string(out), want) {
			t.Errorf("openssl s_client %s:\n%s", version, out)
		}
	}
}

// The files of TLS are taken up when they change; a new certificate that is not good changes nothing, and is told about, as is
// one that soon expires.
func TestIdentityChanges(t *testing.T) {
	h := newHouse(t)
	a := h.access(true)
	h.guard.Admit(a)
	url := h.address(true)
	serial := func() string {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{RootCAs: h.servers.pool()})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	now := time.Now()
	if first := serial(); first != "2" || a.Identity.Problem(now) != "" {
		t.Fatalf("at first serial %s, %q", first, a.Identity.Problem(now))
	}
	cert, _ := h.servers.issue("server", leaf{common: "server", dns: []string{"localhost"}, server: true})
	later(t, cert)
	if got := serial(); got != "3" {
		t.Errorf("after a change serial %s", got)
	}
	if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != "3" || !strings.Contains(a.Identity.Problem(now), "a new certificate is not taken up") {
		t.Errorf("after a bad change serial %s, %q", got, a.Identity.Problem(now))
	}
	for _, tt := range []struct {
		name         string
		until, whole time.Duration
		want         string
	}{
		{"long", 60 * 24 * time.Hour, 90 * 24 * time.Hour, ""},
		{"two weeks less a day", 13 * 24 * time.Hour, 90 * 24 * time.Hour, "expires"},
		{"short-lived, new", 20 * time.Hour, 24 * time.Hour, ""},
		{"short-lived, at its end", time.Hour, 24 * time.Hour, "expires"},
		{"expired", -time.Hour, 24 * time.Hour, "HAS EXPIRED"},
	} {
		cert, key := h.servers.issue(strings.Fields(tt.name)[0], leaf{until: tt.until, whole: tt.whole, server: true})
		i, err := LoadIdentity(TLSFiles{Certificate: cert, Key: key}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if got := i.Problem(time.Now()); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, files := range []TLSFiles{{Certificate: "none", Key: "none"}, {Certificate: cert, Key: cert}} {
		if _, err := LoadIdentity(files, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "admin.tls.") {
			t.Errorf("%v: %v", files, err)
		}
	}
}

// later makes a file differ from before where clocks of file systems are coarse.
func later(t *testing.T, file string) {
	t.Helper()
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// The client shows a token to this host and by TLS, and to nobody else.
func TestAt(t *testing.T) {
	for _, tt := range []struct {
		reach Reach
		want  string
	}{
		{Reach{URL: "127.0.0.1:9353", Token: "x"}, ""},
		{Reach{URL: "http://localhost:9353", Token: "x"}, ""},
		{Reach{URL: "https://ns1.example.net:9353", Token: "x"}, ""},
		{Reach{URL: "http://ns1.example.net:9353"}, ""},
		{Reach{URL: "http://ns1.example.net:9353", Token: "x"}, "in the clear"},
		{Reach{URL: "192.0.2.1:9353", Token: "x"}, "in the clear"},
		{Reach{URL: "http://127.0.0.1", Cert: "x", Key: "y"}, "without TLS"},
		{Reach{URL: "https://127.0.0.1", Cert: "x"}, "both"},
		{Reach{URL: "https://127.0.0.1", Authority: "no-such-file"}, "no such file"},
		{Reach{URL: "ftp://127.0.0.1"}, "is no address of a server"},
		{Reach{URL: "https://"}, "is no address of a server"},
	} {
		_, err := At(tt.reach)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%+v: %v, want %q", tt.reach, err, tt.want)
		}
	}
	// A redirect is not followed, with the token to wherever it leads.
	var shown string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { shown = r.Header.Get("Authorization") }))
	defer elsewhere.Close()
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer here.Close()
	c, err := At(Reach{URL: here.URL, Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Status(); err == nil || shown != "" {
		t.Errorf("a redirect: %v, shown %q", err, shown)
	}
}
