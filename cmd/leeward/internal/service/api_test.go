package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"leeward/cmd/leeward/internal/admin"
	"leeward/docs"
)

// object is an object of the document of the API.
type object = map[string]any

// spec is the document of the API.
type spec struct{ root object }

func readSpec(t testing.TB) spec {
	var root object
	if err := yaml.Unmarshal(docs.OpenAPI(), &root); err != nil {
		t.Fatal(err)
	}
	return spec{root}
}

// find follows a reference.
func (s spec) find(schema object) object {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	at := any(s.root)
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at.(object)[step]
	}
	return at.(object)
}

// misfit says where a value is not as a schema wants it; "" for nowhere.
func (s spec) misfit(schema object, value any, at string) string {
	schema = s.find(schema)
	if choices, ok := schema["anyOf"].([]any); ok {
		var all []string
		for _, c := range choices {
			fault := s.misfit(c.(object), value, at)
			if fault == "" {
				return ""
			}
			all = append(all, fault)
		}
		return strings.Join(all, ", or ")
	}
	kinds := map[string]bool{}
	switch v := value.(type) {
	case nil:
		kinds["null"] = true
	case bool:
		kinds["boolean"] = true
	case string:
		kinds["string"] = true
		if schema["format"] == "date-time" {
			if _, err := time.Parse(time.RFC3339, v); err != nil {
				return at + ": " + err.Error()
			}
		}
	case float64:
		kinds["number"], kinds["integer"] = true, v == float64(int64(v))
	case []any:
		kinds["array"] = true
		if items, ok := schema["items"].(object); ok {
			for i := range v {
				if fault := s.misfit(items, v[i], fmt.Sprintf("%s[%d]", at, i)); fault != "" {
					return fault
				}
			}
		}
	case object:
		kinds["object"] = true
		if fault := s.misfitObject(schema, v, at); fault != "" {
			return fault
		}
	}
	if want, ok := schema["type"].(string); ok && !kinds[want] {
		return fmt.Sprintf("%s: want %s, got %v", at, want, slices.Sorted(maps.Keys(kinds)))
	}
	return ""
}

func (s spec) misfitObject(schema object, value object, at string) string {
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := value[name.(string)]; !ok {
			return fmt.Sprintf("%s: %s is missing", at, name)
		}
	}
	known, _ := schema["properties"].(object)
	others, isMap := schema["additionalProperties"].(object)
	for name, v := range value {
		of, ok := known[name].(object)
		if !ok {
			of = others
		}
		if !ok && !isMap && schema["type"] == "object" {
			return fmt.Sprintf("%s: %s is not in the document", at, name)
		}
		if fault := s.misfit(of, v, at+"."+name); fault != "" {
			return fault
		}
	}
	return ""
}

// examples are what is asked for in place of parameters, and bodies; for want of one "x", or none.
var examples = map[string]string{
	"name": "www.example.org", "type": "A", "client": "81.2.69.0/24", "down": "colo:ams", "drained": "upstream:east", "target": "colo:ams",
	"by": "me", "zone": "example.org", "last": "5", "match": "exa", "limit": "3", "state": "all", "id": "2026-01-01-aaaaa",
	"POST /v1/overrides": `{"target":"colo:ams","reason":"test","force":true}`, "POST /v1/challenges": `{"name":"www.example.org","token":"abc","for":"1m"}`, "token": "abc",
	"POST /v1/reload":                `{"config_too":true}`,
	"POST /v1/zones/{zone}/rollback": `{"serial":7}`, "PUT /v1/log/level": `{"level":"debug","for":"1m"}`,
}

// Every request of the document is answered, by a node that serves, with a status and a body as the document says.
func TestAPIIsAsDocumented(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	handler := s.Handler(s.guard.Socket())
	document := readSpec(t)
	paths := document.root["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range []string{"get", "post", "put", "delete"} { // in this order: what is drained is undrained then
			op, ok := paths[path].(object)[method].(object)
			if !ok {
				continue
			}
			name := strings.ToUpper(method) + " " + path
			r := request(t, op, path, strings.ToUpper(method), examples[name])
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			response, ok := op["responses"].(object)[fmt.Sprint(w.Code)].(object)
			if !ok {
				t.Errorf("%s: %d %s: this status is not in the document", name, w.Code, w.Body)
				continue
			}
			if w.Code != http.StatusOK {
				t.Logf("%s: %d %s", name, w.Code, w.Body)
			}
			content, ok := document.find(response)["content"].(object)["application/json"].(object)
			if !ok {
				continue
			}
			var value any
			if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if fault := document.misfit(content["schema"].(object), value, "reply"); fault != "" {
				t.Errorf("%s: %s", name, fault)
			}
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// request is the request of an operation, with all of its parameters.
func request(t *testing.T, op object, path, method, body string) *http.Request {
	var query []string
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		name := p.(object)["name"].(string)
		value := cmp.Or(examples[name], "x")
		if p.(object)["in"] == "path" {
			path = strings.ReplaceAll(path, "{"+name+"}", value)
		} else {
			query = append(query, name+"="+value)
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if strings.HasPrefix(path, "/v1/events") { // which does not end by itself
		cancel()
	}
	t.Cleanup(cancel)
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// No request to a node that serves panics or is answered with a fault of its own, and none by who may only look changes it.
func FuzzAPI(f *testing.F) {
	for _, route := range regexp.MustCompile(`(?m)^  (/\S*):$`).FindAllStringSubmatch(string(docs.OpenAPI()), -1) {
		path := strings.NewReplacer("{zone}", "example.org", "{target}", "colo:ams", "{id}", "x").Replace(route[1])
		f.Add("GET", path+"?name=www.example.org&client=1.2.3.4/24", "")
		f.Add("POST", path, `{"target":"colo:ams","reason":"x","force":true,"serial":7,"level":"debug"}`)
		f.Add("PUT", path, `{"level":"debug","for":"10m"}`)
		f.Add("DELETE", path+"?by=x", "")
	}
	p := newPlace(f)
	s, stop := p.startWith(f, slog.New(slog.DiscardHandler))
	f.Cleanup(func() {
		if err := stop(); err != nil {
			f.Error(err)
		}
	})
	s.guard.Admit(admin.Access{Anonymous: true})
	looking, all := s.Handler(s.guard.Address()), s.Handler(s.guard.Socket())
	f.Fuzz(func(t *testing.T, method, target, body string) {
		ask := func(handler http.Handler) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // of streams
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1", strings.NewReader(body))
			if err != nil {
				return
			}
			if r.URL, err = r.URL.Parse(target); err != nil {
				return
			}
			r.RequestURI, r.RemoteAddr, r.Host = target, "127.0.0.1:1", "127.0.0.1"
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s %s: %d: %s", method, target, w.Code, w.Body)
			}
			_, _ = io.Copy(io.Discard, w.Body)
		}
		orders := func() int {
			list, err := s.guard.Audit().Last(1 << 20)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		before, drained, level := orders(), len(s.node.Overrides()), s.Level().Level
		ask(looking)
		if orders() != before || len(s.node.Overrides()) != drained || s.Level().Level != level {
			t.Errorf("%s %s %q by who may only look has changed something", method, target, body)
		}
		ask(all)
	})
}
