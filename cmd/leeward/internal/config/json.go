package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// parseJSON is the parser of JSON.
func parseJSON(data []byte, bad complain) *node {
	index := newLineIndex(data)
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		// The offset counts the octets read up to and with the one at fault.
		var at *json.SyntaxError
		line := 1
		if errors.As(err, &at) {
			line = index.line(int(max(at.Offset-1, 0)))
		}
		bad(line, "syntax: %s", err)
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	t := jsonTree{dec, index}
	return t.node()
}

// jsonTree reads a tree from tokens of text that is valid, so that no token can fail.
type jsonTree struct {
	dec   *json.Decoder
	index lineIndex
}

// token is the next token and its line. No token of JSON spans lines.
func (t jsonTree) token() (json.Token, int) {
	token, err := t.dec.Token()
	if err != nil {
		return nil, 0
	}
	return token, t.index.line(int(t.dec.InputOffset()) - 1)
}

func (t jsonTree) node() *node {
	token, line := t.token()
	n := &node{line: line}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			n.value = t.group()
		} else {
			n.value = t.list()
		}
	case json.Number:
		n.value = number(v.String())
	default:
		n.value = v
	}
	return n
}

func (t jsonTree) group() group {
	g := group{}
	for t.dec.More() {
		token, line := t.token()
		name, _ := token.(string)
		g = append(g, entry{name, line, t.node()})
	}
	t.token() // the closing brace
	return g
}

func (t jsonTree) list() list {
	items := list{}
	for t.dec.More() {
		items = append(items, t.node())
	}
	t.token() // the closing bracket
	return items
}

// number is a whole number if it is written as one, else a fraction, else what is written.
func number(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return other(text)
}
