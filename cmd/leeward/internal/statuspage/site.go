package statuspage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"sync/atomic"
	"time"

	"leeward/steering/incident"
)

//go:embed page.html
var pageText string

//go:embed style.css
var style []byte

// Paths below the page's own.
const (
	atomPath = "feed.atom"
	rssPath  = "feed.rss"
	jsonPath = "incidents.json"
)

// Site serves the page. The zero value says that there is none yet.
type Site struct {
	files atomic.Pointer[map[string]file]
}

// file is what is served at a path.
type file struct {
	kind    string
	body    []byte
	tag     string // RFC 9110 8.8.3
	changed time.Time
}

// refresh is how often a browser asks again by itself, in seconds, and how long others may keep what they got.
const (
	refresh = "30"
	keep    = "public, max-age=10"
)

// Publish makes all that is served of the incidents.
func (s *Site) Publish(o Options, log *incident.Log) error {
	p := newPage(o, log)
	files := map[string]file{"/style.css": {kind: "text/css; charset=utf-8", body: style}}
	for path, write := range map[string]func() ([]byte, error){"/": p.html, "/" + jsonPath: p.json, "/" + atomPath: func() ([]byte, error) { return xmlOf(p.atom()) },
		"/" + rssPath: func() ([]byte, error) { return xmlOf(p.rss()) }} {
		body, err := write()
		if err != nil {
			return fmt.Errorf("status page, %s: %w", path, err)
		}
		files[path] = file{kind: kinds[path], body: body, changed: p.Updated}
	}
	for path, f := range files {
		sum := sha256.Sum256(f.body)
		f.tag = fmt.Sprintf(`"%x"`, sum[:8])
		files[path] = f
	}
	s.files.Store(&files)
	return nil
}

var kinds = map[string]string{"/": "text/html; charset=utf-8", "/" + jsonPath: "application/json", "/" + atomPath: "application/atom+xml; charset=utf-8",
	"/" + rssPath: "application/rss+xml; charset=utf-8"}

// shown is the page for its template.
type shown struct {
	*page
	Open, Ended []told
}

func (p *page) html() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"time": htmlTime}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	view := shown{page: p}
	for _, i := range p.Incidents {
		if i.End == nil {
			view.Open = append(view.Open, i)
		} else {
			view.Ended = append(view.Ended, i)
		}
	}
	var out bytes.Buffer
	err = t.Execute(&out, view)
	return out.Bytes(), err
}

// htmlTime is a time for people and for programs.
func htmlTime(at any) template.HTML {
	t, ok := at.(time.Time)
	if p, isPointer := at.(*time.Time); isPointer {
		t, ok = *p, true
	}
	if !ok {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.Format(time.RFC3339), words(t))) // digits and letters alone
}

func (p *page) json() ([]byte, error) {
	text, err := json.MarshalIndent(p, "", " ")
	return append(text, '\n'), err
}

func xmlOf(feed any) ([]byte, error) {
	text, err := xml.MarshalIndent(feed, "", " ")
	return append(append([]byte(xml.Header), text...), '\n'), err
}

// ServeHTTP serves what was published last. No request changes anything, and none costs more than its copy.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "this page is only for reading", http.StatusMethodNotAllowed)
		return
	}
	files := s.files.Load()
	if files == nil {
		h.Set("Retry-After", "1")
		http.Error(w, "not yet: try again in a moment", http.StatusServiceUnavailable)
		return
	}
	f, ok := (*files)[r.URL.Path]
	if !ok {
		http.Error(w, "there is no such page", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", keep)
	h.Set("ETag", f.tag)
	h.Set("Access-Control-Allow-Origin", "*") // it is for everybody
	if r.URL.Path == "/" {
		h.Set("Refresh", refresh)
	}
	http.ServeContent(w, r, "", f.changed, bytes.NewReader(f.body))
}
