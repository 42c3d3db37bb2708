package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fields runs "fields TABLE FILE". A line of the table is a path and what is found there:
//
//	colos[].uplinks[].since time
//
// A list in the path must have an element, and every element must have what follows.
func fields(ts *testscript.TestScript, args []string) {
	want(ts, args, "TABLE", "FILE")
	var root any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &root))
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		path, kind, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			ts.Fatalf("%s: %q is no path with a kind", args[0], line)
		}
		if err := hasField(root, strings.Split(strings.ReplaceAll(path, "[]", ".[]"), "."), strings.TrimSpace(kind)); err != nil {
			ts.Fatalf("%s: %v", path, err)
		}
	}
}

// hasField says what is wrong with what stands at a path below a value.
func hasField(value any, path []string, kind string) error {
	if len(path) == 0 {
		if !isKind(value, kind) {
			return fmt.Errorf("%v is no %s", value, kind)
		}
		return nil
	}
	if path[0] == "[]" {
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			return fmt.Errorf("%v is no list with an element", value)
		}
		for _, element := range list {
			if err := hasField(element, path[1:], kind); err != nil {
				return err
			}
		}
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%v has no fields", value)
	}
	field, ok := object[path[0]]
	if !ok {
		return fmt.Errorf("no field %s in %v", path[0], object)
	}
	return hasField(field, path[1:], kind)
}

// isKind says whether a value is of a kind: text (which may be empty), word (which may not), number, truth, time (RFC
// 3339), list, null, or one of words joined by |.
func isKind(value any, kind string) bool {
	switch v := value.(type) {
	case nil:
		return kind == "null"
	case string:
		if _, err := time.Parse(time.RFC3339, v); kind == "time" {
			return err == nil
		}
		return kind == "text" || kind == "word" && v != "" || strings.Contains("|"+kind+"|", "|"+v+"|")
	case float64:
		return kind == "number"
	case bool:
		return kind == "truth"
	case []any:
		return kind == "list"
	}
	return false
}
