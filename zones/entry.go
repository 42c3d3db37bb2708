package zones

import (
	"bytes"
	"strings"
)

// entryEnd is where the first entry of a text ends: after the first end of line outside of parentheses, quotes and
// comments (RFC 1035 section 5.1). Open is the offset of a quote or parenthesis that is never closed, or -1.
func entryEnd(text []byte) (end, open int) {
	var quote, comment, escape bool
	brace := 0
	open = -1
	for i, c := range text {
		switch {
		case c == '\n' && !quote && brace <= 0:
			return i + 1, -1
		case c == '\n':
			comment, escape = false, false
		case comment:
		case escape:
			escape = false
		case c == '\\':
			escape = true
		case c == '"':
			quote = !quote
			if quote && brace == 0 {
				open = i
			}
		case quote:
		case c == ';':
			comment = true
		case c == '(':
			if brace == 0 {
				open = i
			}
			brace++
		case c == ')':
			brace--
		}
	}
	return len(text), open
}

// spread puts blanks around the parentheses of an entry and the ends of line between them, because the parser does not
// take them for the end of a word: it would read 1 and 2 on two lines as 12.
func spread(entry []byte) []byte {
	if bytes.IndexByte(entry, '(') < 0 {
		return entry
	}
	var wide []byte
	var quote, comment, escape bool
	for i, c := range entry {
		between := i > 0 && i < len(entry)-1 && !quote && !escape
		switch {
		case comment && c == '\n' && between:
			wide = append(wide, "\n "...)
			comment = false
			continue
		case comment:
		case between && strings.IndexByte("()\n", c) >= 0:
			wide = append(wide, ' ', c, ' ')
			continue
		case c == '"' && !escape:
			quote = !quote
		case c == ';' && between:
			comment = true
		}
		escape = c == '\\' && !escape && !comment
		wide = append(wide, c)
	}
	return wide
}

// words splits a directive into its words, without quotes, comment and end of line. Escapes stay as they are.
func words(entry []byte) []string {
	var found []string
	var word strings.Builder
	var quote, escape, inside bool
	flush := func() {
		if inside {
			found = append(found, word.String())
		}
		word.Reset()
		inside = false
	}
	for _, c := range bytes.TrimRight(entry, "\r\n") {
		switch {
		case escape:
			escape = false
			word.WriteByte(c)
		case c == '"':
			quote, inside = !quote, true
		case !quote && c == ';':
			flush()
			return found
		case !quote && strings.IndexByte(" \t\r\n()", c) >= 0:
			flush()
		default:
			escape = c == '\\'
			inside = true
			word.WriteByte(c)
		}
	}
	flush()
	return found
}

// nextWord is where the next word at or after an offset stands, without blanks, parentheses and comments; an empty one at the
// end.
func nextWord(entry []byte, at int) (from, to int) {
	comment := false
	for ; at < len(entry); at++ {
		switch c := entry[at]; {
		case c == '\n':
			comment = false
		case c == ';':
			comment = true
		case !comment && !between(c):
			return at, wordEnd(entry, at)
		}
	}
	return at, at
}

// wordEnd is where the word ends that begins at an offset.
func wordEnd(entry []byte, at int) int {
	quote := false
	for ; at < len(entry); at++ {
		switch c := entry[at]; {
		case c == '\\':
			at++
		case c == '"':
			quote = !quote
		case !quote && (c == ';' || between(c)):
			return at
		}
	}
	return len(entry)
}

// between says whether an octet stands between words.
func between(c byte) bool { return isBlank(c) || c == '(' || c == ')' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// absolute reads a name of a directive, which may be relative to the origin.
func absolute(s string, origin Name) (Name, error) {
	if s == "@" {
		return origin, nil
	}
	n, err := ParseName(s)
	if err != nil || endsInDot(s) {
		return n, err
	}
	return ParseName(s + "." + strings.TrimPrefix(origin.String(), "."))
}

// endsInDot says whether a name ends in a dot that is not escaped.
func endsInDot(s string) bool {
	s, ok := strings.CutSuffix(s, ".")
	return ok && (len(s)-len(strings.TrimRight(s, `\`)))%2 == 0
}
