package service

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// counting is a process that counts.
type counting struct {
	*lasting
	queries *prometheus.CounterVec
	seconds prometheus.Histogram
}

func newCounting() counting {
	c := counting{queries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "leeward_q_total", Help: "Q."}, []string{"type"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "leeward_s", Help: "S.", Buckets: []float64{1, 2}})}
	registry := prometheus.NewRegistry()
	other := prometheus.NewCounter(prometheus.CounterOpts{Name: "process_x_total", Help: "X."})
	now := prometheus.NewGauge(prometheus.GaugeOpts{Name: "leeward_now", Help: "Now."})
	registry.MustRegister(c.queries, c.seconds, other, now)
	other.Inc()
	now.Set(7)
	c.lasting = &lasting{now: registry}
	return c
}

// text is what Prometheus is given.
func (c counting) text() string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(c, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return strings.TrimSpace(w.Body.String())
}

// succeed makes the next process, which is told the totals of the one before.
func (c counting) succeed(t *testing.T) counting {
	t.Helper()
	totals, err := c.totals()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(totals)
	if err != nil {
		t.Fatal(err)
	}
	var told []total
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	next := newCounting()
	next.base.Store(&told)
	return next
}

// Counters and histograms go on where the process before ended, over several of them; gauges, and what is counted for a
// process, do not.
func TestCountersDoNotGoBack(t *testing.T) {
	c := newCounting()
	c.queries.WithLabelValues("A").Add(3)
	c.queries.WithLabelValues("MX").Add(1)
	c.seconds.Observe(0.5)
	for range 2 {
		c = c.succeed(t)
		c.queries.WithLabelValues("A").Add(2)
		c.queries.WithLabelValues("NS").Add(1)
		c.seconds.Observe(1.5)
		c.seconds.Observe(5)
	}
	const want = `
# HELP leeward_now Now.
# TYPE leeward_now gauge
leeward_now 7
# HELP leeward_q_total Q.
# TYPE leeward_q_total counter
leeward_q_total{type="A"} 7
leeward_q_total{type="MX"} 1
leeward_q_total{type="NS"} 2
# HELP leeward_s S.
# TYPE leeward_s histogram
leeward_s_bucket{le="1"} 1
leeward_s_bucket{le="2"} 3
leeward_s_bucket{le="+Inf"} 5
leeward_s_sum 13.5
leeward_s_count 5
# HELP process_x_total X.
# TYPE process_x_total counter
process_x_total 1
`
	if got := c.text(); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant%s", got, want)
	}
}

// What another version counted otherwise is left aside, and what this one does not count at all stays as it was.
func TestTotalsOfAnotherVersion(t *testing.T) {
	c := newCounting()
	c.queries.WithLabelValues("A").Add(1)
	c.seconds.Observe(1)
	c.base.Store(&[]total{
		{Name: "leeward_a_gone_total", Help: "Gone.", Labels: [][2]string{{"x", "1"}}, Value: 4},
		{Name: "leeward_now", Help: "It was a counter.", Value: 4},
		{Name: "leeward_q_total", Help: "It was a histogram.", Value: 4, Count: 2, Buckets: []bucket{{1, 2}}},
		{Name: "leeward_s", Help: "S.", Value: 4, Count: 2, Buckets: []bucket{{1, 1}, {3, 2}}},
	})
	const want = `
# HELP leeward_a_gone_total Gone.
# TYPE leeward_a_gone_total counter
leeward_a_gone_total{x="1"} 4
# HELP leeward_now Now.
# TYPE leeward_now gauge
leeward_now 7
# HELP leeward_q_total Q.
# TYPE leeward_q_total counter
leeward_q_total{type="A"} 1
# HELP leeward_s S.
# TYPE leeward_s histogram
leeward_s_bucket{le="1"} 1
leeward_s_bucket{le="2"} 1
leeward_s_bucket{le="+Inf"} 1
leeward_s_sum 1
leeward_s_count 1
# HELP process_x_total X.
# TYPE process_x_total counter
process_x_total 1
`
	if got := c.text(); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant%s", got, want)
	}
}
