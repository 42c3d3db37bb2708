package manual

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// What help says becomes roff in which each sign means itself.
//
//	the words have                roff has
//	a hyphen                      one that can be copied
//	a backslash                   \e
//	a dot at a line's beginning   a sign of no width before it
//	quotes, backticks             their names
//	an indented block             lines as they stand
//	Markdown                      the words
func TestCommandPage(t *testing.T) {
	cmd := &cobra.Command{Use: "tool FILE", Short: "Do a thing.", RunE: func(*cobra.Command, []string) error { return nil },
		Long: "Does _it_ with \\ and `*.apps`, it's\n.hidden.\n\nA list:\n  .one\n  two\n\nEnd.", Example: "  tool a\n  tool --often 3 b"}
	cmd.Flags().Int("often", 2, "`times` it is done")
	cmd.Flags().Bool("well", false, "do it well")
	pages := Commands(cmd, Edition{Version: "9", Date: "2026-01-02"})
	want := `.TH "TOOL" "1" "2026-01-02" "Leeward 9" "Leeward"
.SH "NAME"
tool \- do a thing
.SH "SYNOPSIS"
\fBtool\fR [OPTION...] FILE
.SH "DESCRIPTION"
Does _it_ with \e and \(ga*.apps\(ga, it\(aqs .hidden.
.PP
.nf
A list:
  .one
  two
.fi
.PP
End.
.SH "OPTIONS"
.TP
\fB\-\-often\fR \fItimes\fR
times it is done (default 2)
.TP
\fB\-\-well\fR
do it well
.SH "EXAMPLES"
.nf
tool a
tool \-\-often 3 b
.fi
.SH "SEE ALSO"
\fBleeward.yaml\fR(5)
`
	if len(pages) != 1 || pages[0].Text != want || pages[0].File() != "man1/tool.1" {
		t.Errorf("%s:\n%s\nwant:\n%s", pages[0].File(), pages[0].Text, want)
	}
}

// A page for each command there is, one for completion, none for help.
func TestCommandsHavePages(t *testing.T) {
	run := func(*cobra.Command, []string) error { return nil }
	root, keys := &cobra.Command{Use: "tool", Short: "Tool"}, &cobra.Command{Use: "keys", Short: "Keys"}
	keys.AddCommand(&cobra.Command{Use: "new", Short: "New", RunE: run})
	root.AddCommand(keys, &cobra.Command{Use: "old", Short: "Old", RunE: run, Hidden: true})
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	var names []string
	for _, p := range Commands(root, Edition{}) {
		names = append(names, p.Name)
	}
	if want := []string{"tool", "tool-completion", "tool-keys", "tool-keys-new"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// A key's meaning is a line of Markdown.
func TestMarkdown(t *testing.T) {
	if got, want := markdown("see [the `x` file](a.md#b), or `--y`."), `see the \fBx\fR file, or \fB\-\-y\fR.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// No line of words is long, and none begins as a macro does.
func TestFilledLines(t *testing.T) {
	p := &page{}
	p.text(strings.Repeat("some words of .every kind 'and ", 40))
	for line := range strings.Lines(p.String()) {
		if len(line) > fullWidth+20 || strings.IndexAny(line, ".'") == 0 {
			t.Errorf("%q", line)
		}
	}
	p = &page{}
	p.text(".first")
	if got := p.String(); got != "\\&.first\n" {
		t.Errorf("got %q", got)
	}
}
