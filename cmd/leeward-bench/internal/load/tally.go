package load

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/query"
)

// Tally is what has come of a load.
type Tally struct {
	Right  int           // responses that were what they must be
	Lost   int           // queries that nothing came back to
	Wrong  int           // other responses
	Octets int64         // of all right responses
	Took   time.Duration // from the first query to the last response

	Latencies *figure.Latencies // from when a query was due to its response; only at a fixed rate
	Paused    time.Duration     // that the generator was kept from its work; only at a fixed rate

	kinds map[string]int // of wrong responses
}

// take counts a response.
func (t *Tally) take(q *query.Query, response []byte) {
	if q.Right(response) {
		t.Right++
		t.Octets += int64(len(response))
		return
	}
	t.Wrong++
	if t.kinds == nil {
		t.kinds = map[string]int{}
	}
	t.kinds[query.Describe(response)]++
}

// Trouble says what speaks against a figure made of this tally: more than a trace of lost queries, or any wrong response.
// "" is nothing.
func (t *Tally) Trouble() string {
	const trace = 0.001
	var all []string
	for _, kind := range slices.SortedFunc(maps.Keys(t.kinds), func(a, b string) int { return cmp.Compare(t.kinds[b], t.kinds[a]) }) {
		all = append(all, fmt.Sprintf("%d × %s", t.kinds[kind], kind))
	}
	sum := t.Right + t.Wrong + t.Lost
	if float64(t.Lost) > trace*float64(sum) {
		all = append(all, fmt.Sprintf("%d of %d queries lost", t.Lost, sum))
	}
	if t.Right == 0 && len(all) == 0 {
		all = append(all, "no right answer")
	}
	return strings.Join(all, ", ")
}
