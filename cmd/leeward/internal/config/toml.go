package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML is the parser of TOML: the library's values, with the lines of its syntax tree.
func parseTOML(data []byte, bad complain) *node {
	values := map[string]any{}
	if err := toml.Unmarshal(data, &values); err != nil {
		line := 1
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ = at.Position()
		}
		bad(line, "syntax: %s", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	t := tomlLines{index: newLineIndex(data), lines: map[string]int{}, counts: map[string]int{}}
	t.p.Reset(data)
	t.read()
	return t.node(values, "", 1)
}

// tomlLines finds the line of each path.
type tomlLines struct {
	p      unstable.Parser
	index  lineIndex
	lines  map[string]int
	counts map[string]int // of the tables in each array of tables so far
}

func (t *tomlLines) read() {
	table := ""
	for t.p.NextExpression() {
		switch e := t.p.Expression(); e.Kind {
		case unstable.Table:
			table = t.walk("", e.Key(), false)
		case unstable.ArrayTable:
			table = t.walk("", e.Key(), true)
		case unstable.KeyValue:
			t.keyValue(table, e)
		}
	}
}

// walk follows a key from a path and is the path it leads to: of a table in an array of tables, the last one so far.
// With add, the key opens another table in such an array.
func (t *tomlLines) walk(path string, key unstable.Iterator, add bool) string {
	for key.Next() {
		k := key.Node()
		path = join(path, string(k.Data))
		line := t.index.line(int(k.Raw.Offset))
		t.note(path, line)
		if add && key.IsLast() {
			t.counts[path]++
			t.note(item(path, t.counts[path]-1), line)
		}
		if n := t.counts[path]; n > 0 {
			path = item(path, n-1)
		}
	}
	return path
}

// note keeps the first line on which a path is mentioned.
func (t *tomlLines) note(path string, line int) {
	if _, ok := t.lines[path]; !ok {
		t.lines[path] = line
	}
}

func (t *tomlLines) keyValue(table string, e *unstable.Node) {
	path := t.walk(table, e.Key(), false)
	t.value(path, e.Value())
}

func (t *tomlLines) value(path string, v *unstable.Node) {
	if v.Raw.Length > 0 {
		t.note(path, t.index.line(int(v.Raw.Offset)))
	}
	switch v.Kind {
	case unstable.Array:
		items := v.Children()
		for i := 0; items.Next(); i++ {
			t.value(item(path, i), items.Node())
		}
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			t.keyValue(path, it.Node())
		}
	}
}

// node is the tree of a value. What has no line of its own is on the line of what it is in.
func (t *tomlLines) node(value any, path string, line int) *node {
	if l, ok := t.lines[path]; ok {
		line = l
	}
	n := &node{line: line}
	switch v := value.(type) {
	case map[string]any:
		g := group{}
		for name, below := range v {
			c := t.node(below, join(path, name), line)
			g = append(g, entry{name, c.line, c})
		}
		slices.SortFunc(g, func(a, b entry) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.name, b.name)) })
		n.value = g
	case []any:
		items := list{}
		for i, below := range v {
			items = append(items, t.node(below, item(path, i), line))
		}
		n.value = items
	case string, bool, int64, float64:
		n.value = v
	default:
		n.value = other(fmt.Sprintf("the date or time %v", v))
	}
	return n
}
