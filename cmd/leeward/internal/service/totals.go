package service

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// total is what one counter or histogram had come to in the processes whose place this one has taken, in a form that outlives
// versions of the library.
type total struct {
	Name    string      `json:"name"`
	Help    string      `json:"help"`
	Labels  [][2]string `json:"labels,omitempty"`
	Value   float64     `json:"value,omitempty"`   // of a counter; of a histogram the sum
	Count   uint64      `json:"count,omitempty"`   // of a histogram
	Buckets []bucket    `json:"buckets,omitempty"` // likewise; none: it is a counter
}

// bucket is one of a histogram: how many were at most so much.
type bucket struct {
	Most  float64 `json:"most"`
	Count uint64  `json:"count"`
}

// ownMetrics is how the names of the metrics begin that are this program's and no process's.
const ownMetrics = "leeward_"

// lasting gathers metrics, with what earlier processes counted: the counters of a node do not go back when another process
// takes its place.
type lasting struct {
	now  prometheus.Gatherer
	base atomic.Pointer[[]total] // nil: nothing
}

// totals are the counters and histograms as they are to be handed over.
func (l *lasting) totals() ([]total, error) {
	families, err := l.Gather()
	if err != nil {
		return nil, err
	}
	var list []total
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), ownMetrics) {
			continue
		}
		for _, m := range f.GetMetric() {
			t := total{Name: f.GetName(), Help: f.GetHelp()}
			for _, pair := range m.GetLabel() {
				t.Labels = append(t.Labels, [2]string{pair.GetName(), pair.GetValue()})
			}
			switch f.GetType() {
			case dto.MetricType_COUNTER:
				t.Value = m.GetCounter().GetValue()
			case dto.MetricType_HISTOGRAM:
				h := m.GetHistogram()
				t.Value, t.Count = h.GetSampleSum(), h.GetSampleCount()
				for _, b := range h.GetBucket() {
					t.Buckets = append(t.Buckets, bucket{b.GetUpperBound(), b.GetCumulativeCount()})
				}
			default:
				continue
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// Gather gives the metrics. What is counted with the same name and labels is one; what is not counted any more stays as it
// was.
func (l *lasting) Gather() ([]*dto.MetricFamily, error) {
	families, err := l.now.Gather()
	base := l.base.Load()
	if base == nil {
		return families, err
	}
	for _, t := range *base {
		i, found := slices.BinarySearchFunc(families, t.Name, func(f *dto.MetricFamily, name string) int { return cmp.Compare(f.GetName(), name) })
		if !found {
			families = slices.Insert(families, i, &dto.MetricFamily{Name: &t.Name, Help: &t.Help, Type: t.kind().Enum()})
		}
		if families[i].GetType() == t.kind() {
			t.addTo(families[i])
		}
	}
	return families, err
}

// byLabels orders the metrics of a family as the library does.
func byLabels(a, b *dto.Metric) int {
	return slices.CompareFunc(a.Label, b.Label, func(a, b *dto.LabelPair) int { return cmp.Compare(a.GetValue(), b.GetValue()) })
}

func (t *total) kind() dto.MetricType {
	if len(t.Buckets) > 0 {
		return dto.MetricType_HISTOGRAM
	}
	return dto.MetricType_COUNTER
}

// addTo adds a total to the metric of its labels.
func (t *total) addTo(f *dto.MetricFamily) {
	var m *dto.Metric
	if i := slices.IndexFunc(f.Metric, t.is); i >= 0 {
		m = f.Metric[i]
	} else {
		m = t.zero()
		at, _ := slices.BinarySearchFunc(f.Metric, m, byLabels)
		f.Metric = slices.Insert(f.Metric, at, m)
	}
	if c := m.GetCounter(); c != nil {
		value := c.GetValue() + t.Value
		c.Value = &value
		return
	}
	h := m.GetHistogram()
	if h == nil || !slices.EqualFunc(h.Bucket, t.Buckets, func(b *dto.Bucket, was bucket) bool { return b.GetUpperBound() == was.Most }) {
		return // this version counts otherwise
	}
	sum, count := h.GetSampleSum()+t.Value, h.GetSampleCount()+t.Count
	h.SampleSum, h.SampleCount = &sum, &count
	for i, b := range h.Bucket {
		n := b.GetCumulativeCount() + t.Buckets[i].Count
		b.CumulativeCount = &n
	}
}

// is says whether a metric has a total's labels.
func (t *total) is(m *dto.Metric) bool {
	return slices.EqualFunc(m.Label, t.Labels, func(p *dto.LabelPair, l [2]string) bool { return p.GetName() == l[0] && p.GetValue() == l[1] })
}

// zero is a metric of a total's labels that has counted nothing.
func (t *total) zero() *dto.Metric {
	m := &dto.Metric{}
	for _, l := range t.Labels {
		m.Label = append(m.Label, &dto.LabelPair{Name: &l[0], Value: &l[1]})
	}
	if t.kind() == dto.MetricType_COUNTER {
		m.Counter = &dto.Counter{Value: new(float64)}
		return m
	}
	m.Histogram = &dto.Histogram{SampleSum: new(float64), SampleCount: new(uint64)}
	for _, b := range t.Buckets {
		m.Histogram.Bucket = append(m.Histogram.Bucket, &dto.Bucket{UpperBound: &b.Most, CumulativeCount: new(uint64)})
	}
	return m
}
