package load

import (
	"testing"

	"leeward/cmd/leeward-bench/internal/query"
)

func TestTrouble(t *testing.T) {
	q := query.Query{Answers: 1}
	right := []byte{0, 7, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0}
	refused := []byte{0, 7, 0x80, 5, 0, 1, 0, 0, 0, 0, 0, 0}
	var t1 Tally
	if t1.Trouble() != "no right answer" {
		t.Errorf("without answers: %q", t1.Trouble())
	}
	for range 999 {
		t1.take(&q, right)
	}
	if t1.Lost = 1; t1.Trouble() != "" || t1.Octets != 999*12 {
		t.Errorf("a trace is lost: %q", t1.Trouble())
	}
	t1.Lost = 2
	t1.take(&q, refused)
	if want := "1 × REFUSED with 0 answers, 2 of 1002 queries lost"; t1.Trouble() != want {
		t.Errorf("%q, not %q", t1.Trouble(), want)
	}
}
