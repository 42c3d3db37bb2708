package config

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"unicode/utf8"
)

// node is a value of the file and its line. What stands in it is one of
//
//	string, bool, int64, float64
//	nil     nothing, or null
//	other   what no key wants, such as a date; described in words
//	list    the items in order
//	group   the keys below, in order; a key may stand in it twice
type node struct {
	line  int
	value any
}

type (
	list  []*node
	other string
	group []entry
)

type entry struct {
	name  string
	line  int
	value *node
}

// complain reports what is wrong with a line, from 1, in the manner of fmt.Printf.
type complain func(line int, format string, args ...any)

// parser turns text into a tree. It reports what is wrong to bad, and then may return nil. Duplicate keys are left in
// the tree where the format does not refuse them as a matter of syntax.
type parser func(data []byte, bad complain) *node

// parseText parses what is text at all, into the group of all keys. A file without content is an empty group in every
// format. What is wrong is reported to bad, and then the group is of no use.
func parseText(data []byte, bad complain, parse parser) group {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			bad(i+1, "syntax: not UTF-8")
			return nil
		}
		if c := bytes.IndexFunc(line, isControl); c >= 0 {
			bad(i+1, "syntax: control character %#02x", line[c])
			return nil
		}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return group{}
	}
	root := parse(data, bad)
	if root == nil {
		return nil
	}
	g, ok := root.value.(group)
	if !ok {
		bad(root.line, "wants keys, got %s", describe(root.value))
	}
	return g
}

func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7f }

// describe says in words what a value is.
func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return "the text " + strconv.Quote(v)
	case other:
		return string(v)
	case list:
		return "a list"
	case group:
		return "a group of keys"
	default:
		return fmt.Sprint(v)
	}
}

// join is the path of a key in a group. Names that are no plain words are quoted, so that a dot in a name is not
// taken for a step.
func join(path, name string) string {
	plain := name != ""
	for _, c := range []byte(name) {
		plain = plain && (c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}
	if !plain {
		name = strconv.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// item is the path of an item in a list.
func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// lineIndex finds the line of an offset into a text.
type lineIndex []int // offsets of the newlines

func newLineIndex(data []byte) lineIndex {
	var x lineIndex
	for i, c := range data {
		if c == '\n' {
			x = append(x, i)
		}
	}
	return x
}

// line is the line of the octet at the offset, from 1.
func (x lineIndex) line(offset int) int { return 1 + sort.SearchInts(x, offset) }
