package gdnsd

import (
	"strings"

	"leeward/cmd/leeward/internal/migrate"
)

// parser reads one file of vscf.
type parser struct {
	files  *migrate.Files
	text   string
	at     migrate.Place
	within []string // the files that include this one, and itself
	depth  int
}

// parse reads the text of a file: an implicit hash, or an array in brackets.
func parse(text, file string, files *migrate.Files) (*value, error) {
	p := &parser{files: files, text: text, at: migrate.Place{File: file, Line: 1}, within: []string{file}}
	return p.file()
}

func (p *parser) file() (*value, error) {
	p.blank()
	if strings.HasPrefix(p.text, "[") {
		v, err := p.value()
		if err == nil {
			if p.blank(); p.text != "" {
				return nil, p.at.Errorf("%q: nothing may stand behind the array", p.word())
			}
		}
		return v, err
	}
	v := &value{at: p.at, kind: isHash}
	return v, p.pairs(v, 0)
}

// blank passes over blanks, comments and the commas between values.
func (p *parser) blank() {
	for p.text != "" {
		switch p.text[0] {
		case '\n':
			p.at.Line++
			p.text = p.text[1:]
		case ' ', '\t', '\r':
			p.text = p.text[1:]
		case '#', ';':
			end := strings.IndexByte(p.text, '\n')
			if end < 0 {
				end = len(p.text)
			}
			p.text = p.text[end:]
		default:
			return
		}
	}
}

// word is what the text goes on with, for an error.
func (p *parser) word() string {
	line, _, _ := strings.Cut(p.text, "\n")
	return line[:min(len(line), 20)]
}

// comma passes over one comma.
func (p *parser) comma() {
	if p.blank(); strings.HasPrefix(p.text, ",") {
		p.text = p.text[1:]
		p.blank()
	}
}

// pairs reads the pairs of a hash up to its end: a brace, or with 0 the end of the text.
func (p *parser) pairs(v *value, end byte) error {
	from := p.at
	for {
		p.blank()
		switch {
		case p.text == "" && end == 0:
			return nil
		case p.text == "":
			return from.Errorf("{: opened and never closed")
		case end != 0 && p.text[0] == end:
			p.text = p.text[1:]
			return nil
		case strings.HasPrefix(p.text, "$include{"):
			if err := p.merge(v); err != nil {
				return err
			}
			p.comma()
			continue
		}
		if err := p.pair(v); err != nil {
			return err
		}
		p.comma()
	}
}

// pair reads a key with its value.
func (p *parser) pair(v *value) error {
	at := p.at
	key, err := p.string()
	if err != nil {
		return err
	}
	p.blank()
	switch {
	case strings.HasPrefix(p.text, "=>"):
		p.text = p.text[2:]
	case strings.HasPrefix(p.text, "="):
		p.text = p.text[1:]
	default:
		return p.at.Errorf("%q: => and a value are wanted behind the key", key)
	}
	p.blank()
	item, err := p.value()
	if err != nil {
		return err
	}
	return v.add(pair{key, at, item})
}

// value reads a value: a hash, an array, an include or a string.
func (p *parser) value() (*value, error) {
	if p.depth++; p.depth > migrate.MaxNested {
		return nil, p.at.Errorf("%q: brackets stand in each other more than %d deep", p.word(), migrate.MaxNested)
	}
	defer func() { p.depth-- }()
	v := &value{at: p.at}
	switch {
	case p.text == "":
		return nil, p.at.Errorf("the text ends where a value is wanted")
	case p.text[0] == '{':
		v.kind, p.text = isHash, p.text[1:]
		return v, p.pairs(v, '}')
	case p.text[0] == '[':
		v.kind, p.text = isArray, p.text[1:]
		return v, p.items(v)
	case strings.HasPrefix(p.text, "$include{"):
		return p.include()
	}
	var err error
	v.text, err = p.string()
	return v, err
}

// items reads the values of an array.
func (p *parser) items(v *value) error {
	for {
		p.blank()
		switch {
		case p.text == "":
			return v.at.Errorf("[: opened and never closed")
		case p.text[0] == ']':
			p.text = p.text[1:]
			return nil
		}
		item, err := p.value()
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
		p.comma()
	}
}

// string reads a string, quoted or not.
func (p *parser) string() (string, error) {
	quoted := strings.HasPrefix(p.text, `"`)
	from, rest := p.at, p.text
	if quoted {
		rest = rest[1:]
	}
	var b strings.Builder
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '\\':
			octet, size := escaped(rest[i:])
			if size == 0 {
				return "", p.at.Errorf(`%.10q: \ and a character, or \ and three digits up to 255`, rest[i:])
			}
			b.WriteByte(octet)
			i += size - 1
			continue
		case quoted && c == '"':
			p.at.Line += strings.Count(rest[:i], "\n")
			p.text = rest[i+1:]
			return b.String(), nil
		case !quoted && strings.IndexByte("][}{;#,\"= \t\r\n", c) >= 0:
			p.text = rest[i:]
			return b.String(), p.some(b.Len(), c)
		case !quoted && i == 0 && c == '$':
			return "", p.at.Errorf("%q: a string without quotes does not begin with $ (is $include{...} meant?)", p.word())
		}
		b.WriteByte(c)
	}
	if quoted {
		return "", from.Errorf("%q: the quote is opened and never closed", p.word())
	}
	p.text = ""
	return b.String(), p.some(b.Len(), ' ')
}

// some refuses a string without quotes that has no octet.
func (p *parser) some(size int, found byte) error {
	if size == 0 {
		return p.at.Errorf("%q where a string is wanted", string(found))
	}
	return nil
}

// escaped is the octet that an escape stands for, and the size of the escape; 0 if it is none.
func escaped(text string) (octet byte, size int) {
	if len(text) < 2 {
		return 0, 0
	}
	if text[1] < '0' || text[1] > '9' {
		return text[1], 2
	}
	n := 0
	for i := 1; i <= 3; i++ {
		if i >= len(text) || text[i] < '0' || text[i] > '9' {
			return 0, 0
		}
		n = n*10 + int(text[i]-'0')
	}
	if n > 255 {
		return 0, 0
	}
	return byte(n), 4
}
