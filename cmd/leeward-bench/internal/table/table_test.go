package table

import (
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	table := Table{Heading: []string{"server", "µs", "limit", "lost"}}
	table.Add("leeward", "3.91", "", "0")
	table.Add("nsd", "12.00")
	var out strings.Builder
	table.Print(&out)
	want := `| server  |    µs | lost |
|---------|------:|-----:|
| leeward |  3.91 |    0 |
| nsd     | 12.00 |      |
`
	if out.String() != want {
		t.Errorf("\n%s\nnot\n%s", out.String(), want)
	}
}
