package statuspage

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"leeward/steering/incident"
)

// Each row is a request, and what comes of it.
func TestRequests(t *testing.T) {
	var s Site
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	if w := ask("GET", "/"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("before there is a page: %d", w.Code)
	}
	if err := s.Publish(options(), incident.Fold(outage(false))); err != nil {
		t.Fatal(err)
	}
	first := ask("GET", "/")
	tag := first.Header().Get("ETag")
	for _, row := range []struct {
		method, path string
		header       []string
		code         int
		kind         string
	}{
		{"GET", "/", nil, 200, "text/html; charset=utf-8"},
		{"HEAD", "/", nil, 200, "text/html; charset=utf-8"},
		{"GET", "/feed.atom", nil, 200, "application/atom+xml; charset=utf-8"},
		{"GET", "/feed.rss", nil, 200, "application/rss+xml; charset=utf-8"},
		{"GET", "/incidents.json", nil, 200, "application/json"},
		{"GET", "/style.css", nil, 200, "text/css; charset=utf-8"},
		{"GET", "/", []string{"If-None-Match", tag}, 304, ""},
		{"GET", "/", []string{"If-None-Match", `"other"`}, 200, "text/html; charset=utf-8"},
		{"GET", "/", []string{"If-Modified-Since", first.Header().Get("Last-Modified")}, 304, ""},
		{"POST", "/", nil, 405, "text/plain; charset=utf-8"},
		{"DELETE", "/v1/overrides/colo:ams", nil, 405, "text/plain; charset=utf-8"},
		{"GET", "/v1/status", nil, 404, "text/plain; charset=utf-8"},
		{"GET", "/metrics", nil, 404, "text/plain; charset=utf-8"},
		{"GET", "/..%2f..%2fetc/passwd", nil, 404, "text/plain; charset=utf-8"},
		{"GET", "/page.html", nil, 404, "text/plain; charset=utf-8"},
	} {
		w := ask(row.method, row.path, row.header...)
		h := w.Header()
		if w.Code != row.code || h.Get("Content-Type") != row.kind {
			t.Errorf("%s %s %v: %d %s, want %d %s", row.method, row.path, row.header, w.Code, h.Get("Content-Type"), row.code, row.kind)
		}
		if h.Get("Set-Cookie") != "" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %v", row.method, row.path, h)
		}
		if row.code == 200 && (h.Get("ETag") == "" || h.Get("Cache-Control") != keep) {
			t.Errorf("%s %s: %v", row.method, row.path, h)
		}
	}
	if first.Header().Get("Refresh") != refresh || strings.Contains(first.Body.String(), "<script") {
		t.Error("the page does not come again by itself, or has a script")
	}
	if err := s.Publish(options(), incident.Fold(outage(true))); err != nil {
		t.Fatal(err)
	}
	if w := ask("GET", "/", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("after a change: %d", w.Code)
	}
}

// python is the one that the system's packages are for: the first on the path may be another.
const python = "/usr/bin/python3"

// feedparser reads a feed, and prints what it found; it fails where it is not well.
const feedparser = `
import feedparser, sys
f = feedparser.parse(sys.argv[1])
if f.bozo: sys.exit(str(f.bozo_exception))
print(f.version, f.feed.title, f.feed.link, len(f.entries))
for e in f.entries: print(e.id, e.link, e.get("published_parsed") is not None, e.title)
`

// The feeds are well by a reader of others, which finds what is broken.
func TestFeedsByFeedparser(t *testing.T) {
	if out, err := exec.Command(python, "-c", "import feedparser").CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: %s", err, out)
		}
		t.Skip("python3-feedparser is not here")
	}
	dir := t.TempDir()
	read := func(name, text string) (string, error) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", feedparser, path).CombinedOutput()
		return string(out), err
	}
	for _, row := range []struct {
		path, version string
		ended         string // what an incident that has ended is told as
	}{{"/feed.atom", "atom10", ""}, {"/feed.rss", "rss20", " (ended)"}} {
		for _, happened := range []struct {
			reports []incident.Report
			entries int
		}{{nil, 0}, {outage(true), 1}} {
			text := get(t, options(), happened.reports, row.path)
			out, err := read("feed", text)
			entries := happened.entries
			if row.ended != "" {
				entries *= 2
			}
			want := fmt.Sprintf("%s Example status https://status.example.com/ %d\n", row.version, entries)
			if err != nil || !strings.HasPrefix(out, want) {
				t.Errorf("%s: %v\n%s\nwant %s", row.path, err, out, want)
			}
			if entries > 0 && (!strings.Contains(out, "tag:status.example.com,2026-11-28:incident/2026-11-28-") ||
				!strings.Contains(out, "True Upstream provider northway failed"+row.ended+"\n")) {
				t.Errorf("%s: %s", row.path, out)
			}
			if _, err := read("broken", strings.Replace(text, "</title>", "</titel>", 1)); err == nil {
				t.Errorf("%s: a broken feed is taken for good", row.path)
			}
		}
	}
}
