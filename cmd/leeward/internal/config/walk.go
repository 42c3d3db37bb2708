package config

import (
	"slices"
	"strings"
)

// walker turns the tree of a file into typed values, by the table of keys.
type walker struct{ *report }

// group reads the keys of a group.
//
//	key      stands     result
//	unknown  any times  error with the nearest key there is
//	known    again      error with the line of the first
//	known    once       its value, if that is as it should be
func (w walker) group(keys []key, g group, path string) map[string]any {
	values := map[string]any{}
	first := map[string]int{}
	for _, e := range g {
		below := join(path, e.name)
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == e.name })
		if i < 0 {
			w.unknown(e, below)
			continue
		}
		if line, again := first[e.name]; again {
			w.bad(e.line, "%s: given again, after line %d", below, line)
			continue
		}
		first[e.name] = e.line
		w.give(below, place{line: e.line})
		if v, ok := w.value(keys[i], e.value, below); ok {
			values[e.name] = v
		}
	}
	return values
}

// missing reports the required keys that a group lacks, except where a misspelt one was meant.
func (w walker) missing(keys []key, path string) {
	for _, k := range keys {
		if below := join(path, k.name); k.required && !w.given(below) && w.clean(below) {
			w.badAt(w.placeOf(path), below, path+": "+k.name+" is missing")
		}
	}
}

// unknown reports a key that does not exist, or each key below it if it is a group.
func (w walker) unknown(e entry, path string) {
	if below, ok := e.value.value.(group); ok && len(below) > 0 {
		for _, b := range below {
			w.unknown(b, join(path, b.name))
		}
		return
	}
	meant := nearestKey(path)
	bare := strings.ReplaceAll(path, `"`, "")
	text := `unknown key "` + bare + `": did you mean ` + meant + "?"
	if above, name, ok := strings.Cut(meant, "."); ok && bare == meant {
		text = `unknown key "` + bare + `": a dot leads nowhere here, write ` + name + " below " + above
	}
	w.badAt(place{line: e.line}, meant, text)
}

// value reads what stands at a key.
//
//	the key is       it wants
//	a list of groups a list, each item a group
//	a list           a list, each item a value of the kind; where it may be lone, or such a value
//	a group          a group
//	a value          a value of the kind
func (w walker) value(k key, n *node, path string) (any, bool) {
	if !k.list {
		return w.single(k, n, path)
	}
	items, ok := n.value.(list)
	if !ok && k.lone {
		v, ok := w.single(k, n, path)
		return []any{v}, ok
	}
	if !ok {
		w.badKey(path, "wants a list, got %s", describe(n.value))
		return nil, false
	}
	values := []any{}
	for i, c := range items {
		w.give(item(path, i), place{line: c.line, name: w.places[path].name})
		if v, ok := w.single(k, c, item(path, i)); ok {
			values = append(values, v)
		}
	}
	return values, true
}

func (w walker) single(k key, n *node, path string) (any, bool) {
	if k.keys == nil {
		v, err := k.kind.parse(n.value)
		if err != nil {
			w.badKey(path, "%s", err)
			return nil, false
		}
		return v, true
	}
	g, ok := n.value.(group)
	if !ok {
		names := make([]string, len(k.keys))
		for i := range k.keys {
			names[i] = k.keys[i].name
		}
		w.badKey(path, "wants keys (%s), got %s", strings.Join(names, ", "), describe(n.value))
		return nil, false
	}
	values := w.group(k.keys, g, path)
	w.missing(k.keys, path)
	return values, true
}

// set puts a value into nested groups.
func set(values map[string]any, steps []string, value any) {
	for ; len(steps) > 1; steps = steps[1:] {
		below, ok := values[steps[0]].(map[string]any)
		if !ok {
			below = map[string]any{}
			values[steps[0]] = below
		}
		values = below
	}
	values[steps[0]] = value
}
