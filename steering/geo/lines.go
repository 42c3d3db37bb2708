package geo

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"leeward/steering"
)

// eachLine calls do with each line of a file that says something, as what stands before its comment: a word that begins with
// # or ;. Words stand apart as isSpace has it. Before the first line an editor may have put a byte order mark. Errors are given
// the file's name and the number of the line.
func eachLine(text, file string, isSpace func(rune) bool, do func(said string, line uint32) error) error {
	line := uint32(0)
	for s := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line++
		said := strings.TrimFunc(uncommented(s, isSpace), isSpace)
		if said == "" {
			continue
		}
		if err := do(said, line); err != nil {
			return inLine(file, line, err)
		}
	}
	return nil
}

func inLine(file string, line uint32, err error) error {
	return fmt.Errorf("%s: line %d: %w", file, line, err)
}

// uncommented is a line without its comment.
func uncommented(s string, isSpace func(rune) bool) string {
	if !strings.ContainsAny(s, "#;") {
		return s
	}
	for i, c := range s {
		if c != '#' && c != ';' {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); i == 0 || isSpace(before) {
			return s[:i]
		}
	}
	return s
}

// cutWord is the first word, and what follows it.
func cutWord(s string, isSpace func(rune) bool) (word, rest string) {
	i := strings.IndexFunc(s, isSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeftFunc(s[i:], isSpace)
}

// room is for how many lines a file of this text may need room: none is shorter than "::/0 a 1".
func room(text string) int { return min(strings.Count(text, "\n")+1, len(text)/len("::/0 a 1")) }

func parsePrefix(word string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(word)
	if err != nil {
		if addr, err := netip.ParseAddr(word); err == nil && addr.Zone() == "" {
			return p, fmt.Errorf("%q has no length: %s/%d is meant?", word, word, addr.BitLen())
		}
		return p, fmt.Errorf("%q is no prefix", steering.Cut(word))
	}
	if p.Addr().Is4In6() {
		return p, fmt.Errorf("%q is IPv4 in IPv6: it is to be written as IPv4", word)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%q has bits set beyond its length: %s is meant?", word, p.Masked())
	}
	return p, nil
}
