package admin

import (
	"fmt"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	at := time.Now()
	p := &pace{}
	for i, row := range []struct {
		queries uint64
		want    float64
	}{{1000, 0}, {1100, 50}, {1100, 0}, {40, 20}, {40, 0}} {
		p.look(Counters{Queries: row.queries, Rcodes: map[string]uint64{"NOERROR": row.queries}}, at.Add(time.Duration(i)*2*time.Second))
		if p.rates.Queries != row.want || p.rates.Rcodes["NOERROR"] != row.want {
			t.Errorf("look %d: %+v", i, p.rates)
		}
	}
	if got := fmt.Sprint(p.rates.History); got != "[50 0 20 0]" {
		t.Errorf("history %s", got)
	}
	for i := range 1000 {
		p.look(Counters{}, at.Add(time.Hour+time.Duration(i)*time.Second))
	}
	if len(p.rates.History) != ratesHistory {
		t.Errorf("%d points are remembered", len(p.rates.History))
	}
}
