package pdns

import (
	"fmt"
	"strings"
)

// token is a token of Lua.
type token struct {
	kind tokenKind
	text string // of a string, without quotes
}

type tokenKind uint8

const (
	end tokenKind = iota
	name
	number
	text
	sign
)

func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}

// signs are those of more than one character first.
var signs = []string{"==", "~=", "<=", ">=", "..", "(", ")", "{", "}", "[", "]", ",", ";", "=", ".", ":", "+", "-", "*",
	"/", "%", "#", "<", ">", "^"}

// lex takes Lua apart into tokens.
func lex(code string) (all []token, err error) {
	for code != "" {
		c := code[0]
		size := 1
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case strings.HasPrefix(code, "--"):
			if size = strings.IndexByte(code, '\n'); size < 0 {
				size = len(code)
			}
		case c == '\'' || c == '"':
			var t string
			if t, size, err = quoted(code); err != nil {
				return nil, err
			}
			all = append(all, token{text, t})
		case isLetter(c):
			size = len(code) - len(strings.TrimLeftFunc(code, func(r rune) bool { return r < 0x80 && (isLetter(byte(r)) || isDigit(byte(r))) }))
			all = append(all, token{name, code[:size]})
		case isDigit(c):
			size = len(code) - len(strings.TrimLeft(code, "0123456789."))
			all = append(all, token{number, code[:size]})
		default:
			s := signOf(code)
			if s == "" {
				return nil, fmt.Errorf("%q is not understood", code[:1])
			}
			size = len(s)
			all = append(all, token{sign, s})
		}
		code = code[size:]
	}
	return all, nil
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

func signOf(code string) string {
	for _, s := range signs {
		if strings.HasPrefix(code, s) {
			return s
		}
	}
	return ""
}

// quoted is the string that code begins with, and the size of it with its quotes.
func quoted(code string) (string, int, error) {
	var b strings.Builder
	for i := 1; i < len(code); i++ {
		switch {
		case code[i] == code[0]:
			return b.String(), i + 1, nil
		case code[i] == '\\' && i+1 < len(code):
			i++
		}
		b.WriteByte(code[i])
	}
	return "", 0, fmt.Errorf("the quote %s is opened and never closed", code[:1])
}
