package admin

import (
	"bytes"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// failing are the replies that say that nothing came of a request.
var failing = []struct{ status, name, words string }{
	{"400", "NoSense", "The request makes no sense."},
	{"401", "NotShown", "Something has to be shown, or the token is not known."},
	{"403", "NotAllowed", "Not for this role, or not from there."},
	{"409", "Refused", "Understood, and refused."},
	{"413", "TooLarge", "The body has more than 64 KiB."},
	{"415", "NotJSON", "The body is not said to be JSON."},
	{"429", "TooMany", "Too many wrong tokens from this address: wait a minute."},
}

// document is the API in the form of OpenAPI, made of the table of routes and the types in it.
func document(t *testing.T) object {
	s := newSchemas(t)
	paths := object{}
	for _, route := range table() {
		if !strings.HasPrefix(route.Pattern, "/v1/") && route.Reply != plain { // a page, for people
			continue
		}
		path := strings.ReplaceAll(strings.ReplaceAll(route.Pattern, "...}", "}"), "{$}", "")
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path].(object)[strings.ToLower(route.Method)] = operation(s, &route, path)
	}
	s.of(reflect.TypeFor[failure](), false)
	s.made["Error"] = s.made["failure"]
	delete(s.made, "failure")
	replies := object{}
	for _, f := range failing {
		replies[f.name] = object{"description": f.words, "content": jsonOf(object{"$ref": "#/components/schemas/Error"})}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Leeward", "version": "1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "The admin API of a node of Leeward. What stands under /v1/ is added to, and not changed: leave out what you do not know. " +
				"x-role of a request is the role that it wants at least; by the Unix socket everything may be asked."},
		"servers": []any{object{"url": "http://127.0.0.1:9353"}},
		"paths":   paths,
		"components": object{"schemas": s.made, "responses": replies, "securitySchemes": object{
			"token":       object{"type": "http", "scheme": "bearer", "description": "A token of admin.tokens."},
			"certificate": object{"type": "mutualTLS", "description": "A certificate of a name in admin.tls.clients."},
		}},
	}
}

func operation(s *schemas, route *Route, path string) object {
	words := regexp.MustCompile(`[A-Za-z0-9]+`).FindAllString(path, -1)
	tag := words[0]
	if len(words) > 1 {
		tag = words[1] // after the version
	}
	done := object{"description": "Done.", "content": jsonOf(nil)}
	if media, ok := route.Reply.(Media); ok {
		done["content"] = object{string(media): object{"schema": object{"type": "string"}}}
	} else {
		done["content"] = jsonOf(s.of(reflect.TypeOf(route.Reply), false))
	}
	responses := object{"200": done}
	for _, f := range failing {
		if route.Role > RoleOpen && (route.changes() || !slices.Contains([]string{"409", "413", "415"}, f.status) || f.status == "409" && strings.HasPrefix(path, "/v1/")) {
			responses[f.status] = object{"$ref": "#/components/responses/" + f.name}
		}
	}
	if path == "/v1/incidents/{id}" {
		responses["404"] = object{"description": "There is none of this ID.", "content": jsonOf(object{"$ref": "#/components/schemas/Error"})}
	}
	if path == "/ready" {
		responses["503"] = object{"description": "Not answering from a view yet.", "content": done["content"]}
	}
	o := object{"operationId": strings.ToLower(route.Method) + "_" + strings.Join(words, "_"), "summary": route.Summary, "x-role": route.Role.String(),
		"responses": responses, "tags": []string{tag}, "security": []any{}}
	if route.Role > RoleOpen {
		o["security"] = []any{object{}, object{"token": []any{}}, object{"certificate": []any{}}}
	}
	if p := parameters(route, path); len(p) > 0 {
		o["parameters"] = p
	}
	if route.Body != nil {
		o["requestBody"] = object{"content": jsonOf(s.of(reflect.TypeOf(route.Body), true))}
	}
	return o
}

func parameters(route *Route, path string) (list []any) {
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
		list = append(list, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, p := range route.Query {
		one := object{"name": p.Name, "in": "query", "description": p.Words, "schema": object{"type": "string"}}
		if p.Required {
			one["required"] = true
		}
		if p.Many {
			one["schema"] = object{"type": "array", "items": object{"type": "string"}}
		}
		list = append(list, one)
	}
	return list
}

func jsonOf(schema object) object { return object{"application/json": object{"schema": schema}} }

// The document that is served and published is what the table of routes and the types in it make.
func TestOpenAPI(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Made of the program: go test ./cmd/leeward/internal/admin -run TestOpenAPI -update\n")
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(document(t)); err != nil {
		t.Fatal(err)
	}
	const file = docsDir + "openapi.yaml"
	got, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(got, b.Bytes()):
	case !*update:
		t.Fatal("docs/openapi.yaml is not as the program: go test ./cmd/leeward/internal/admin -run TestOpenAPI -update")
	default:
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Every request says what it is, and every type of a body and a reply what its fields are called.
func TestRoutes(t *testing.T) {
	seen := map[string]bool{}
	for _, route := range table() {
		name := route.Method + " " + route.Pattern
		switch {
		case seen[name]:
			t.Errorf("%s is there twice", name)
		case route.Summary == "" || strings.HasSuffix(route.Summary, "."):
			t.Errorf("%s: summary %q: a sentence without its stop is wanted", name, route.Summary)
		case route.Reply == nil || route.Handle == nil:
			t.Errorf("%s has no reply, or nobody who makes it", name)
		case route.changes() && route.Role < RoleDrain:
			t.Errorf("%s may be asked by who may only look", name)
		case !strings.HasPrefix(route.Pattern, "/v1/") && route.changes():
			t.Errorf("%s is a change outside /v1/", name)
		}
		seen[name] = true
	}
}

// A real tool finds the document to be one.
func TestOpenAPIIsValid(t *testing.T) {
	out, err := exec.Command(tool(t, "redocly"), "lint", "--extends=spec", docsDir+"openapi.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("redocly lint: %v\n%s", err, out)
	}
}
