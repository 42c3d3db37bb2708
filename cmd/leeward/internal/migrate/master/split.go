package master

import (
	"strings"

	"leeward/cmd/leeward/internal/migrate"
)

// Word is a word of an entry.
type Word struct {
	Raw    string // as it stands there, with quotes and escapes
	Quoted bool
}

// Text is what the word says: without quotes, escapes undone (RFC 1035 section 5.1).
func (w Word) Text() string {
	raw := w.Raw
	if w.Quoted {
		raw = strings.TrimSuffix(strings.TrimPrefix(raw, `"`), `"`)
	}
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		if i+3 < len(raw) && isDigit(raw[i+1]) && isDigit(raw[i+2]) && isDigit(raw[i+3]) {
			b.WriteByte(byte(int(raw[i+1]-'0')*100 + int(raw[i+2]-'0')*10 + int(raw[i+3]-'0')))
			i += 3
			continue
		}
		i++
		b.WriteByte(raw[i])
	}
	return b.String()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// line is one entry: its words, whether it begins with a blank, and the comments in it.
type line struct {
	at      migrate.Place
	words   []Word
	bare    bool
	comment string
}

// splitter takes text apart.
type splitter struct {
	text string
	at   migrate.Place
	open migrate.Place // of the parenthesis that is open
	deep bool          // in parentheses, which do not nest
	now  line
	all  []line
}

// split takes text apart into entries. Parentheses and quotes must close.
func split(text, file string) ([]line, error) {
	s := &splitter{text: text, at: migrate.Place{File: file, Line: 1}}
	s.begin()
	for len(s.text) > 0 {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	if s.deep {
		return nil, s.open.Errorf("(: opened and never closed")
	}
	s.end()
	return s.all, nil
}

func (s *splitter) begin() {
	s.now = line{at: s.at, bare: strings.HasPrefix(s.text, " ") || strings.HasPrefix(s.text, "\t")}
}

// end keeps the entry, unless there is nothing in it.
func (s *splitter) end() {
	if len(s.now.words) > 0 || s.now.comment != "" {
		s.all = append(s.all, s.now)
	}
}

// step takes in what the text begins with.
func (s *splitter) step() error {
	switch c := s.text[0]; c {
	case '\n':
		s.text = s.text[1:]
		s.at.Line++
		if !s.deep {
			s.end()
			s.begin()
		}
	case ' ', '\t', '\r':
		s.text = s.text[1:]
	case ';':
		comment, _, _ := strings.Cut(s.text[1:], "\n")
		s.text = s.text[1+len(comment):]
		s.now.comment += strings.TrimRight(comment, " \t\r")
	case '(':
		if s.deep {
			return s.at.Errorf("(: opened twice, here and in line %d", s.open.Line)
		}
		s.deep, s.open, s.text = true, s.at, s.text[1:]
	case ')':
		if !s.deep {
			return s.at.Errorf("): nothing is open")
		}
		s.deep, s.text = false, s.text[1:]
	default:
		return s.word()
	}
	return nil
}

// word takes a word in, quoted or not.
func (s *splitter) word() error {
	if len(s.now.words) == 0 {
		s.now.at.Line = s.at.Line
	}
	quoted := s.text[0] == '"'
	for i := 0; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && i+1 < len(s.text):
			i++
		case quoted && i > 0 && c == '"':
			s.keep(i+1, true)
			return nil
		case !quoted && strings.IndexByte(" \t\r\n;()\"", c) >= 0:
			s.keep(i, false)
			return nil
		}
	}
	if quoted {
		return s.at.Errorf("%.40q: the quote is opened and never closed", strings.TrimPrefix(s.text, `"`))
	}
	s.keep(len(s.text), false)
	return nil
}

func (s *splitter) keep(size int, quoted bool) {
	raw := s.text[:size]
	s.now.words = append(s.now.words, Word{raw, quoted})
	s.text = s.text[size:]
	s.at.Line += strings.Count(raw, "\n")
}
