package geodns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
)

// node is a JSON value that knows its line.
type node struct {
	at      migrate.Place
	scalar  any // string, json.Number, bool or nil
	items   []*node
	members []member
	kind    kind
}

type kind uint8

const (
	isScalar kind = iota
	isArray
	isObject
)

type member struct {
	key string
	at  migrate.Place
	*node
}

// get is a member of an object, nil if there is none.
func (n *node) get(key string) *node {
	if n != nil {
		for _, m := range n.members {
			if m.key == key {
				return m.node
			}
		}
	}
	return nil
}

// text is a string or number as text.
func (n *node) text() string {
	if n == nil {
		return ""
	}
	switch v := n.scalar.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// number is a number, which geodns also takes as a string.
func (n *node) number(what string, fallback, most int) (int, error) {
	if n == nil {
		return fallback, nil
	}
	i, err := strconv.Atoi(n.text())
	if err != nil || i < 0 || i > most {
		return 0, n.at.Errorf("%s: %q is no number from 0 to %d", what, n.text(), most)
	}
	return i, nil
}

// list is an array, or a value that stands for an array of one.
func (n *node) list() []*node {
	switch {
	case n == nil || n.kind == isScalar && n.scalar == nil:
		return nil
	case n.kind == isArray:
		return n.items
	}
	return []*node{n}
}

// reader reads JSON into nodes.
type reader struct {
	decoder *json.Decoder
	text    string
	file    string
	seen    int // octets whose lines are counted
	line    int
	depth   int
}

// parse reads the text of a file, which is one JSON value.
func parse(text, file string) (*node, error) {
	r := &reader{decoder: json.NewDecoder(strings.NewReader(text)), text: text, file: file, line: 1}
	r.decoder.UseNumber()
	n, err := r.value()
	if err == nil {
		if _, more := r.decoder.Token(); !errors.Is(more, io.EOF) {
			return nil, r.at().Errorf("something stands behind the zone")
		}
	}
	return n, err
}

// at is where the decoder stands.
func (r *reader) at() migrate.Place {
	to := min(int(r.decoder.InputOffset()), len(r.text))
	r.line += strings.Count(r.text[r.seen:to], "\n")
	r.seen = to
	return migrate.Place{File: r.file, Line: r.line}
}

// token is the next token, with its place.
func (r *reader) token() (json.Token, migrate.Place, error) {
	t, err := r.decoder.Token()
	at := r.at()
	if err == nil {
		return t, at, nil
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at.Line = 1 + strings.Count(r.text[:min(int(syntax.Offset), len(r.text))], "\n")
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the text ends within the zone")
	}
	return nil, at, at.Errorf("no JSON: %w", err)
}

func (r *reader) value() (*node, error) {
	t, at, err := r.token()
	if err != nil {
		return nil, err
	}
	if r.depth++; r.depth > migrate.MaxNested {
		return nil, at.Errorf("brackets stand in each other more than %d deep", migrate.MaxNested)
	}
	defer func() { r.depth-- }()
	n := &node{at: at, scalar: t}
	switch t {
	case json.Delim('['):
		n.kind, n.scalar = isArray, nil
		for r.decoder.More() {
			item, err := r.value()
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
	case json.Delim('{'):
		n.kind, n.scalar = isObject, nil
		if err := r.object(n); err != nil {
			return nil, err
		}
	default:
		return n, nil
	}
	_, _, err = r.token() // the end
	return n, err
}

// object reads the members of an object. A key stands once.
func (r *reader) object(n *node) error {
	lines := map[string]int{}
	for r.decoder.More() {
		t, at, err := r.token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // all keys are strings
		if before, twice := lines[key]; twice {
			return at.Errorf("%q stands there twice: before in line %d", key, before)
		}
		lines[key] = at.Line
		item, err := r.value()
		if err != nil {
			return err
		}
		n.members = append(n.members, member{key, at, item})
	}
	return nil
}
