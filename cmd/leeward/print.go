package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// printJSON writes a value for programs.
func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// table writes rows in columns, the first row in capitals.
type table struct{ w *tabwriter.Writer }

func newTable(out io.Writer, columns ...string) table {
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	t.row(strings.ToUpper(strings.Join(columns, "\t")))
	return t
}

// newRows is a table without a row of names.
func newRows(out io.Writer) table { return table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)} }

func (t table) row(cells ...any) {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = strings.ReplaceAll(fmt.Sprint(c), "\n", " ")
	}
	fmt.Fprintln(t.w, strings.Join(words, "\t"))
}

// end writes the table out.
func (t table) end() { _ = t.w.Flush() } // to a terminal or a buffer: nobody to tell

// clock shows a time of day, UTC, with the date when it is not today's.
func clock(t time.Time) string {
	switch now := time.Now().UTC(); {
	case t.IsZero():
		return "-"
	case t.UTC().Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.UTC().Format(time.TimeOnly)
	default:
		return t.UTC().Format(time.DateTime)
	}
}

// uplinkName is the full name of an uplink: "ams/northway+eastlink".
func uplinkName(colo string, upstreams []string) string {
	return colo + "/" + strings.Join(upstreams, "+")
}
