package figure

import (
	"math"
	"testing"
	"time"
)

func TestSpread(t *testing.T) {
	for _, row := range []struct {
		values []float64
		want   string
	}{
		{nil, ""},
		{[]float64{2}, "2.00"},
		{[]float64{3, 1, 2}, "2.00 (1.00..3.00)"},
		{[]float64{4, 1, 2, 3}, "2.50 (1.00..4.00)"},
	} {
		if got := Of(row.values).Text(2); got != row.want {
			t.Errorf("%v: %q, not %q", row.values, got, row.want)
		}
	}
}

func TestRatiosCompareRoundsWithThemselves(t *testing.T) {
	if got, want := Ratios([]float64{2, 20, 3}, []float64{1, 10, 1, 7}), (Spread{2, 2, 3, 3}); got != want {
		t.Errorf("%v, not %v", got, want)
	}
	if got := Ratios([]float64{1}, []float64{0}); got.N != 0 {
		t.Errorf("a ratio to nothing: %v", got)
	}
}

func TestBucketsAreFine(t *testing.T) {
	before := -1
	for v := uint64(0); v < math.MaxUint64/2; v += 1 + v/97 {
		i := bucket(v)
		if i < before || upper(i) < v || float64(upper(i)-v) > float64(v)/64 {
			t.Fatalf("%d is in bucket %d, which ends at %d", v, i, upper(i))
		}
		if i > 0 && upper(i-1) >= v {
			t.Fatalf("%d is in bucket %d, but the one before ends at %d", v, i, upper(i-1))
		}
		before = i
	}
	if i := bucket(math.MaxUint64); i >= len(new(Latencies).buckets) {
		t.Errorf("there is no bucket %d", i)
	}
}

func TestPercentiles(t *testing.T) {
	var l Latencies
	if l.At(0.5) != 0 {
		t.Error("a median of nothing")
	}
	for i := range 1000 {
		l.Add(time.Duration(i+1) * time.Microsecond)
	}
	for share, want := range map[float64]time.Duration{0: 1, 0.5: 500, 0.99: 990, 0.999: 999, 1: 1000} {
		want *= time.Microsecond
		if got := l.At(share); got < want || float64(got) > float64(want)*(1+1.0/64) {
			t.Errorf("%v of all: %v, not %v", share, got, want)
		}
	}
	if l.Max() != time.Millisecond || l.Count() != 1000 {
		t.Errorf("%d, up to %v", l.Count(), l.Max())
	}
}
