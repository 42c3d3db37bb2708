// Package manual writes manual pages: of commands from what their help says, of the configuration from its table of keys. It
// gives text in the man macros of roff, and opens no file.
//
// The generator of the command library is not used: it reads help as Markdown, which turns the underscore and the star of
// names such as _steer and *.apps into emphasis, and mandoc finds fault with each of its pages.
package manual

import (
	"fmt"
	"strings"
)

// Page is a manual page.
type Page struct {
	Name    string // such as leeward-serve
	Section int
	Text    string // in roff
}

// File is where a page lies below a directory that man searches.
func (p Page) File() string { return fmt.Sprintf("man%d/%s.%d", p.Section, p.Name, p.Section) }

// Edition is what all pages of a program say of themselves.
type Edition struct {
	Version string
	Date    string // such as 2026-01-02; "": not said
}

// page is a page being written.
type page struct {
	strings.Builder
	Edition
}

// fullWidth is how long a line of roff gets, in octets.
const fullWidth = 78

// macro writes a line that begins with a macro, and its arguments, which are words of ours.
func (p *page) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + a + `"`)
	}
	p.WriteByte('\n')
}

// title begins a page.
func (p *page) title(name string, section int, what string) {
	p.macro("TH", strings.ToUpper(name), fmt.Sprint(section), p.Date, "Leeward "+p.Version, "Leeward")
	p.macro("SH", "NAME")
	p.filled(escape(name) + ` \- ` + escape(lowerFirst(what)))
}

// text writes words that are filled, in lines that are not long.
func (p *page) text(words string) { p.filled(escape(words)) }

// filled writes roff that is filled.
func (p *page) filled(roff string) {
	length := 0
	for _, w := range strings.Fields(roff) {
		switch {
		case length == 0 && strings.IndexAny(w, ".'") == 0:
			w = `\&` + w // no macro
		case length > 0 && length+1+len(w) > fullWidth && strings.IndexAny(w, ".'") != 0:
			p.WriteByte('\n')
			length = 0
		case length > 0:
			p.WriteByte(' ')
			length++
		}
		p.WriteString(w)
		length += len(w)
	}
	p.WriteByte('\n')
}

// paragraphs writes what help says: paragraphs divided by empty lines. Those that are indented, or are lists, stand as they are.
func (p *page) paragraphs(help string) {
	for i, text := range strings.Split(strings.TrimSpace(help), "\n\n") {
		if strings.HasPrefix(text, "  ") || strings.Contains(text, "\n  ") || strings.Contains(text, "\n- ") {
			p.verbatim(text, i > 0)
			continue
		}
		if i > 0 {
			p.macro("PP")
		}
		p.text(text)
	}
}

// verbatim writes lines as they stand.
func (p *page) verbatim(text string, apart bool) {
	if apart {
		p.macro("PP")
	}
	p.macro("nf")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = escape(strings.ReplaceAll(line, "\t", "    "))
		if line == "" || strings.IndexAny(line, ".'") == 0 {
			line = `\&` + line
		}
		p.WriteString(line + "\n")
	}
	p.macro("fi")
}

// item writes an entry of a list: what it is about, already in roff, and words on it.
func (p *page) item(head, roff string) {
	p.macro("TP")
	p.WriteString(head + "\n")
	p.filled(roff)
}

func bold(text string) string   { return `\fB` + escape(text) + `\fR` }
func italic(text string) string { return `\fI` + escape(text) + `\fR` }

// escape is text whose signs mean themselves. A hyphen is one that can be copied: an option's.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`, "'", `\(aq`, "…", "...").Replace(text)
}

// lowerFirst is a sentence's beginning in the middle of a line: the first word in lower case, unless it is a name.
func lowerFirst(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if len(first) > 1 && strings.ToUpper(first[1:2]) == first[1:2] {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
