package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML is the parser of YAML. It refuses what the other formats have not: anchors, aliases, merge keys, tags and
// further documents. So a configuration means the same in all three, and no alias can blow it up.
func parseYAML(data []byte, bad complain) *node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return &node{line: 1, value: group{}}
	}
	if err == nil {
		if err = dec.Decode(&next); err == nil {
			bad(next.Line, "syntax: a second document")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		line, text := yamlError(err, data)
		bad(line, "syntax: %s", text)
		return nil
	}
	if root := doc.Content[0]; root.ShortTag() != "!!null" {
		return yamlNode(root, bad)
	}
	return &node{line: 1, value: group{}}
}

func yamlNode(y *yaml.Node, bad complain) *node {
	n := &node{line: y.Line}
	switch {
	case y.Kind == yaml.AliasNode || y.Anchor != "":
		bad(y.Line, "syntax: anchors and aliases are not supported: write the value out")
		n.value = other("an alias")
	case y.Style&yaml.TaggedStyle != 0:
		bad(y.Line, "syntax: the tag %s is not supported", y.Tag)
		n.value = other("a tagged value")
	case y.Kind == yaml.SequenceNode:
		items := list{}
		for _, c := range y.Content {
			items = append(items, yamlNode(c, bad))
		}
		n.value = items
	case y.Kind == yaml.MappingNode:
		n.value = yamlGroup(y, bad)
	default:
		n.value = yamlScalar(y)
	}
	return n
}

func yamlGroup(y *yaml.Node, bad complain) group {
	g := group{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		k := y.Content[i]
		switch {
		case k.Kind != yaml.ScalarNode:
			bad(k.Line, "syntax: a key must be a plain word")
			continue
		case k.ShortTag() == "!!merge":
			bad(k.Line, "syntax: merge keys are not supported: write the keys out")
			continue
		}
		g = append(g, entry{k.Value, k.Line, yamlNode(y.Content[i+1], bad)})
	}
	return g
}

func yamlScalar(y *yaml.Node) any {
	switch y.ShortTag() {
	case "!!str":
		return y.Value
	case "!!null":
		return nil
	case "!!timestamp":
		return other("the date " + y.Value)
	}
	var v any
	if err := y.Decode(&v); err != nil {
		return other(y.Value)
	}
	switch v := v.(type) {
	case bool, float64, int64:
		return v
	case int:
		return int64(v)
	default:
		return other(y.Value)
	}
}

// yamlError takes line and text out of an error of the library, which counts lines from 0 where its parser, not its
// scanner, finds the fault, and then leaves out a line of 0. Of an alias without an anchor it gives only the name.
func yamlError(err error, data []byte) (line int, text string) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	line = 1
	m := regexp.MustCompile(`(?s)^line (\d+): (.*)$`).FindStringSubmatch(text)
	if alias, ok := strings.CutPrefix(text, "unknown anchor '"); ok {
		alias, _, _ = strings.Cut(alias, "'")
		return newLineIndex(data).line(max(bytes.Index(data, []byte("*"+alias)), 0)), text
	}
	if m == nil {
		return line, text
	}
	line, _ = strconv.Atoi(m[1])
	text = m[2]
	if regexp.MustCompile(`^did not find expected (node content|'-'|key|',')|^found undefined tag`).MatchString(text) {
		line++
	}
	return line, text
}
