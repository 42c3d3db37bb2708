package config

import (
	"fmt"
	"strings"
)

// key is one key of the configuration: with a kind it holds a value (or, as a list, several), with keys a group.
type key struct {
	name     string
	kind     kind
	keys     []key
	list     bool
	lone     bool   // a list of one may stand as its item
	required bool   // in its group
	fallback any    // the default, as it would stand in a file; nil: none
	instead  string // what the default is when it is no constant, in words
	flag     string // the flag that sets it
	means    string // a line for the documentation, in Markdown; links are from docs
}

// keys is every key there is.
func keys() []key {
	return []key{
		{name: "node", keys: nodeKeys()},
		{name: "dns", keys: dnsKeys()},
		{name: "zones", keys: zonesKeys()},
		{name: "cluster", instead: "absent: no gossip", keys: clusterKeys(),
			means: "`cluster: {}` is gossip with all defaults; `cluster:` with nothing after it is an error"},
		{name: "steering", keys: steeringKeys()},
		{name: "colos", list: true, keys: coloKeys(), fallback: list{},
			means: "all places that serve traffic, those without a name server too"},
		{name: "check", keys: checkKeys()},
		{name: "checks", keys: namedCheckKeys(), list: true, instead: "[]",
			means: "checks for single names, which a zone refers to"},
		{name: "admin", keys: adminKeys()},
		{name: "incidents", keys: incidentsKeys()},
		{name: "state", keys: stateKeys()},
		{name: "log", keys: logKeys()},
		{name: "dnstap", keys: dnstapKeys()},
		{name: "status_page", keys: statusPageKeys()},
		{name: "process", keys: processKeys()},
	}
}

// Key describes one key that holds a value, or a group that has something to say.
type Key struct {
	Path     string // such as colos[].uplinks[].prefixes
	Variable string // that sets it; "": only the file does
	Type     string // in words
	Default  string // as it would stand in a YAML file, or in words; "": none
	Required bool   // wherever the group it stands in is given
	Means    string // in Markdown; links are from docs
}

// Keys are all keys that hold a value, and the groups that have a default or a meaning of their own, in the order of the
// documentation.
func Keys() []Key {
	var all []Key
	walkKeys(keys(), "", func(path string, k key) {
		if k.keys != nil && k.fallback == nil && k.instead == "" && k.means == "" {
			return
		}
		described := Key{Path: path, Type: k.typeWords(), Default: k.instead, Required: k.required, Means: k.means}
		if described.Default == "" && k.fallback != nil {
			described.Default = showDefault(k.fallback)
		}
		if k.keys == nil && !strings.Contains(path, "[]") {
			described.Variable = variable(path)
		}
		all = append(all, described)
	})
	return all
}

// typeWords say what a key wants.
//
//	a value            its noun, and its bounds
//	a list of values   the same in plural
//	that may be lone   and that one needs no brackets
//	a group, groups    that
func (k key) typeWords() string {
	one, many := k.kind.noun, plural(k.kind.noun)
	if k.keys != nil {
		one, many = "group", "groups"
	}
	words := one
	if k.list {
		words = "list of " + many
	}
	if k.kind.bound != "" {
		words += ", " + k.kind.bound
	}
	if k.lone {
		words += "; one needs no brackets"
	}
	return words
}

// plural is the plural of a kind's noun.
func plural(noun string) string {
	first, rest, _ := strings.Cut(noun, ",")
	if rest != "" {
		return plural(first) + "," + rest
	}
	switch {
	case noun == "name of a key":
		return "names of keys"
	case strings.Contains(noun, ":"), strings.Contains(noun, "`"), noun == "base64":
		return noun
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"):
		return noun + "es"
	default:
		return noun + "s"
	}
}

// walkKeys calls visit for each key and group, from above to below. The path of an item in a list ends in [].
func walkKeys(keys []key, above string, visit func(path string, k key)) {
	for _, k := range keys {
		path := join(above, k.name)
		visit(path, k)
		if k.list {
			path += "[]"
		}
		walkKeys(k.keys, path, visit)
	}
}

func showDefault(value any) string {
	switch v := value.(type) {
	case list:
		items := make([]string, len(v))
		for i, n := range v {
			items[i] = showDefault(n.value)
			if _, ok := n.value.(string); ok {
				items[i] = fmt.Sprintf("%q", n.value)
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		if v == "" {
			return `""`
		}
	}
	return fmt.Sprint(value)
}
