//go:build linux

package lab

import (
	"reflect"
	"testing"
	"time"

	"leeward/cmd/leeward-lab/internal/plan"
)

func TestHear(t *testing.T) {
	r := newRecord(plan.Six(), plan.Six().Steered())
	for _, line := range []string{
		`{"time":"2026-01-02T03:04:05.678Z","level":"INFO","msg":"a vote changed","target":1,"address":"10.3.1.1","from":"up","to":"down","detail":"timeout"}`,
		`{"time":"2026-01-02T03:04:05.679Z","level":"INFO","msg":"a vote changed","target":2,"address":"192.0.2.10","from":"up","to":"down"}`,
		`{"time":"2026-01-02T03:04:06Z","level":"WARN","msg":"verdict changed","on":"ams/northway","from":"up","to":"at-risk","reason":"why"}`,
		`{"time":"2026-01-02T03:04:06Z","level":"WARN","msg":"verdict changed","on":"upstream northway","from":"up","to":"failing"}`,
		`{"time":"2026-01-02T03:04:07Z","level":"INFO","msg":"something else","on":"ams/northway","to":"down"}`,
		`panic: no JSON`,
	} {
		r.hear("sin", []byte(line))
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	want := []Event{
		{At: at, Colo: "sin", Vote: true, Uplink: plan.Uplink{Colo: "iad", Upstream: "northway"}, To: "down", Why: "timeout"},
		{At: at.Add(322 * time.Millisecond), Colo: "sin", Uplink: plan.Uplink{Colo: "ams", Upstream: "northway"}, To: "at-risk", Why: "why"},
	}
	if got := r.Events(func(Event) bool { return true }); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nnot\n%+v", got, want)
	}
}

// TestSpans keeps one span for as long as an answer stays the same.
func TestSpans(t *testing.T) {
	r := newRecord(plan.Six(), plan.Six().Steered())
	q := Asked{plan.Uplink{Colo: "ams", Upstream: "northway"}, plan.Six().Steered()[0], "lhr"}
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	for second, answer := range []plan.Answer{"a", "a", "b", "a", "a", "a"} {
		r.answered(q, answer, at(second))
	}
	want := []Span{{"a", at(0), at(1)}, {"b", at(2), at(2)}, {"a", at(3), at(5)}}
	if got := r.Spans(q); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
