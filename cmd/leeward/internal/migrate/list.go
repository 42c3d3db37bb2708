package migrate

import (
	"fmt"
	"strings"
)

// List is what could not be carried over and what is left to do, for a person to read.
func (r *Result) List(peer string) string {
	var b strings.Builder
	if len(r.Lost) == 0 {
		fmt.Fprintf(&b, "Everything that was read from %s is carried over.\n", peer)
	} else {
		fmt.Fprintf(&b, "Not carried over from %s:\n", peer)
	}
	for _, n := range r.Lost {
		fmt.Fprintf(&b, "\n%s: %s\n", n.At, n.What)
		if n.Meant != "" {
			fmt.Fprintf(&b, "  meant: %s\n", n.Meant)
		}
		fmt.Fprintf(&b, "  do:    %s\n", n.Instead)
	}
	if len(r.To) > 0 {
		b.WriteString("\nLeft to do:\n")
	}
	for _, n := range r.To {
		fmt.Fprintf(&b, "\n%s\n  do:    %s\n", n.What, n.Instead)
	}
	return b.String()
}
