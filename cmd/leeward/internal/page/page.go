// Package page is the dashboard: a page for operators that shows what the admin API tells, and gives its orders to it. It owns the
// files and how they are served, and knows nothing of what they show: that is between them and the API.
//
// The files are written by hand, one idea each, and served as they are: there is no build step. Nothing is loaded from anywhere
// else, so that the page works where the world does not.
package page

import (
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed assets/*.html assets/*.css assets/*.js assets/*.svg
var assets embed.FS

// policy lets the page load its own files and ask its own server, and nothing else. Text never becomes a script or markup: a page
// that shows reasons and names of others must not trust them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// kinds are the types of the files; there are no others.
var kinds = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// Index is the page itself.
const Index = "index.html"

// Serve answers a request for one of the files.
func Serve(w http.ResponseWriter, r *http.Request, file string) {
	data, err := fs.ReadFile(assets, path.Join("assets", file))
	if err != nil || kinds[path.Ext(file)] == "" {
		http.Error(w, fmt.Sprintf("there is no file %.80q", file), http.StatusNotFound)
		return
	}
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Content-Type", kinds[path.Ext(file)])
	header.Set("Cache-Control", "no-cache") // asked for each time, and mostly the same: a new version is seen at once
	header.Set("ETag", tag)
	header.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write(data) // the peer may be gone, here and below
		return
	}
	header.Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(data)
	_ = z.Close()
}
