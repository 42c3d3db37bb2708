package config

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"leeward/steering"
)

const variablePrefix = "LEEWARD_"

// variable is the name of the variable that sets a key.
func variable(path string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// environment is the values that variables give, in the form of the walker.
//
//	variable                       result
//	begins otherwise, or ignored   nothing
//	of a key with a value          the value, if it is as it should be; of a list, commas between the items
//	of a list of groups            error: only the file can hold it
//	other                          error with the nearest variable there is
func environment(r *report, o Options) map[string]any {
	values := map[string]any{}
	known, lists := map[string]string{}, map[string]string{} // paths by variable
	all := map[string]key{}
	var names []string
	walkKeys(keys(), "", func(path string, k key) {
		switch {
		case strings.Contains(path, "[]"):
		case k.keys == nil:
			known[variable(path)] = path
			all[path] = k
			names = append(names, variable(path))
		case k.list:
			lists[variable(path)] = path
		}
	})
	for _, assignment := range slices.Sorted(slices.Values(o.Environ)) {
		name, text, _ := strings.Cut(assignment, "=")
		if !strings.HasPrefix(name, variablePrefix) || slices.Contains(o.Ignore, name) {
			continue
		}
		at := place{name: name}
		if path, ok := lists[name]; ok {
			r.badAt(at, path, path+": only a file can hold a list of groups")
			continue
		}
		path, ok := known[name]
		if !ok {
			r.badAt(at, "", "unknown variable: did you mean "+steering.NearestName(name, names)+"?")
			continue
		}
		r.give(path, at)
		if v, ok := (walker{r}).value(all[path], variableNode(all[path], text), path); ok {
			set(values, strings.Split(path, "."), v)
		}
	}
	return values
}

// variableNode is what would stand in a file in place of a variable's text.
func variableNode(k key, text string) *node {
	read := func(text string) *node {
		if v, ok := k.kind.read(text); ok {
			return &node{value: v}
		}
		return &node{value: text}
	}
	if !k.list {
		return read(text)
	}
	items := list{}
	if strings.TrimSpace(text) != "" {
		for part := range strings.SplitSeq(text, ",") {
			items = append(items, read(strings.TrimSpace(part)))
		}
	}
	return &node{value: items}
}

// flags checks the flags that were given, and is them by the key that each sets.
func flags(r *report, set *pflag.FlagSet) map[string]*pflag.Flag {
	given := map[string]*pflag.Flag{}
	if set == nil {
		return given
	}
	walkKeys(keys(), "", func(path string, k key) {
		if k.flag == "" || !set.Changed(k.flag) {
			return
		}
		f := set.Lookup(k.flag)
		r.give(path, place{name: "--" + f.Name})
		if _, ok := (walker{r}).value(k, variableNode(k, f.Value.String()), path); ok {
			given[path] = f
		}
	})
	return given
}
