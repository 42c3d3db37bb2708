package page

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

// files are all files of the page, by name.
func files(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	list, err := fs.ReadDir(assets, "assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		data, err := fs.ReadFile(assets, path.Join("assets", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(data)
	}
	return all
}

func get(file string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/page/x", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Serve(w, r, file)
	return w
}

func TestServe(t *testing.T) {
	plain := get("main.js")
	if plain.Code != http.StatusOK || plain.Body.String() != files(t)["main.js"] || plain.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%d %v", plain.Code, plain.Header())
	}
	packed := get("main.js", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != plain.Body.String() {
		t.Errorf("packed it is %d octets, %v", len(text), err)
	}
	if again := get("main.js", "If-None-Match", plain.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("what is known already: %d", again.Code)
	}
	for _, file := range []string{"nothing.js", "", "..", "../page.go", "README.md", "../../page/page.go", "\x00"} {
		if w := get(file); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", file, w.Code)
		}
	}
}

// All files together are small, and smaller as they are sent.
func TestSize(t *testing.T) {
	plain, packed := 0, 0
	for name := range files(t) {
		plain += get(name).Body.Len()
		packed += get(name, "Accept-Encoding", "gzip").Body.Len()
	}
	if plain > 150_000 || packed > 60_000 {
		t.Errorf("%d octets, %d packed", plain, packed)
	}
}

// The policy forbids what the files do not need: scripts and styles within the page, markup made of text, and the files of others.
func TestPolicyHolds(t *testing.T) {
	if p := get(Index).Header().Get("Content-Security-Policy"); strings.Contains(p, "unsafe") || !strings.Contains(p, "default-src 'none'") {
		t.Error(p)
	}
	inline := regexp.MustCompile(`<script[^>]*>[^<]|<style| style=| on[a-z]+=`)
	foreign := regexp.MustCompile(`(src|href)="(https?:)?//`)
	for name, text := range files(t) {
		if strings.HasSuffix(name, ".html") {
			links := regexp.MustCompile(`<a [^>]*>`).ReplaceAllString(text, "")
			if inline.MatchString(text) || foreign.MatchString(links) {
				t.Errorf("%s: a script or style of its own, or a file of another's: %s", name, inline.FindString(text))
			}
		}
		for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "@import", "url("} {
			if strings.Contains(text, word) {
				t.Errorf("%s: %s", name, word)
			}
		}
	}
}

// Every file that is named is there, and every file that is there is named.
func TestFilesAreNamed(t *testing.T) {
	all := files(t)
	named := map[string]bool{Index: true}
	for name, text := range all {
		for _, m := range regexp.MustCompile(`"page/([a-z.]+)"|from '\./([a-z.]+)'`).FindAllStringSubmatch(text, -1) {
			file := m[1] + m[2]
			named[file] = true
			if _, ok := all[file]; !ok {
				t.Errorf("%s names %s", name, file)
			}
		}
	}
	for name := range all {
		if !named[name] {
			t.Errorf("%s is not used", name)
		}
	}
}

// The files are read as they stand by whoever wonders what the page does.
func TestFilesAreShort(t *testing.T) {
	for name, text := range files(t) {
		if lines := bytes.Count([]byte(text), []byte("\n")); lines > 250 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
}
