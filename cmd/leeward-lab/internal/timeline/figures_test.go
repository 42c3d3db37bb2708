package timeline

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSum(t *testing.T) {
	fault := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var list []Outcome
	for run := range 10 {
		o := Outcome{Scenario: "upstream", Run: run + 1, OK: run != 3}
		o.At(LastNameserver, fault, fault.Add(time.Duration(run+1)*100*time.Millisecond+400*time.Microsecond))
		list = append(list, o, Outcome{Scenario: "observer", Run: run + 1, OK: true})
	}
	list[0].At(FirstVote, fault, fault.Add(time.Second))
	want := []Figures{
		{"upstream", 10, 1, []Figure{{FirstVote, 1, 1, 1, 1}, {LastNameserver, 10, 0.5, 0.9, 1}}},
		{"observer", 10, 0, nil},
	}
	if got := Sum(list); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nnot\n%+v", got, want)
	}
}

func TestQuantile(t *testing.T) {
	for _, row := range []struct {
		values []float64
		share  float64
		want   float64
	}{
		{[]float64{7}, 0.5, 7},
		{[]float64{7}, 0.9, 7},
		{[]float64{1, 2, 3, 4}, 0.5, 2},
		{[]float64{1, 2, 3, 4, 5}, 0.5, 3},
		{[]float64{1, 2, 3, 4, 5}, 0.9, 5},
		{[]float64{1, 2}, 0, 1},
	} {
		if got := Quantile(row.values, row.share); got != row.want {
			t.Errorf("%g of %v: %g, not %g", row.share, row.values, got, row.want)
		}
	}
}

// TestPrint shows steps in the order in which they come, whatever order they were noted in.
func TestPrint(t *testing.T) {
	fault := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o := Outcome{Scenario: "uplink", Run: 2, Failures: []string{"a sentence"}, Files: "/tmp/x", Took: 12}
	o.At(Healed, fault, fault.Add(5*time.Second))
	o.At(FirstVote, fault, fault.Add(1500*time.Millisecond))
	for range 9 {
		o.Failures = append(o.Failures, "another")
	}
	var out strings.Builder
	o.Print(&out)
	want := `uplink, run 2: FAILED (12 s)
     0.000  fault
     1.500  first vote             an observer says down
     5.000  healed                 the fault is taken away; what comes is counted from here
  FAILED: a sentence
  FAILED: another
  FAILED: another
  FAILED: another
  FAILED: another
  FAILED: another
  FAILED: another
  FAILED: another
  FAILED: and 2 more of the like
  logs: /tmp/x
`
	if out.String() != want {
		t.Errorf("%s\nnot\n%s", out.String(), want)
	}
}
