// Package table writes tables in markdown that can also be read as they are.
package table

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is a heading and the lines below it, as many cells in each. The first column is text, all others are figures.
type Table struct {
	Heading []string
	Lines   [][]string
}

// Add adds a line. Missing cells are empty.
func (t *Table) Add(cells ...string) {
	line := make([]string, len(t.Heading))
	copy(line, cells)
	t.Lines = append(t.Lines, line)
}

// Print writes the table, without the columns in which all lines are empty.
func (t *Table) Print(out io.Writer) {
	widths := t.widths()
	t.line(out, widths, t.Heading)
	var rule strings.Builder
	for i, w := range widths {
		switch {
		case w == 0:
		case i == 0:
			rule.WriteString("|" + strings.Repeat("-", w+2))
		default:
			rule.WriteString("|" + strings.Repeat("-", w+1) + ":")
		}
	}
	fmt.Fprintln(out, rule.String()+"|")
	for _, cells := range t.Lines {
		t.line(out, widths, cells)
	}
}

// widths are those of the columns, 0 for one that is not shown.
func (t *Table) widths() []int {
	widths := make([]int, len(t.Heading))
	for _, cells := range t.Lines {
		for i, c := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for i, h := range t.Heading {
		if widths[i] > 0 {
			widths[i] = max(widths[i], utf8.RuneCountInString(h))
		}
	}
	return widths
}

func (t *Table) line(out io.Writer, widths []int, cells []string) {
	var b strings.Builder
	for i, c := range cells {
		pad := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(c), 0))
		switch {
		case widths[i] == 0:
		case i == 0:
			b.WriteString("| " + c + pad + " ")
		default:
			b.WriteString("| " + pad + c + " ")
		}
	}
	fmt.Fprintln(out, b.String()+"|")
}
