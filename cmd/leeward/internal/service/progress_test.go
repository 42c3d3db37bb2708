package service

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestProgressIsToldNowAndThen(t *testing.T) {
	var text strings.Builder
	log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key != slog.MessageKey {
			return slog.Attr{}
		}
		return a
	}}))
	begun := time.Unix(0, 0)
	now := begun
	tell := progress(log, "loading zones", func() time.Time { return now })
	for _, row := range []struct {
		after       time.Duration
		done, total int
		want        []string
	}{
		{0, 0, 1000, nil},
		{999 * time.Millisecond, 41, 1000, nil},
		{time.Second, 42, 1000, []string{`msg="loading zones: 4 %"`}},
		{5999 * time.Millisecond, 499, 1000, nil},
		{6 * time.Second, 500, 1000, []string{`msg="loading zones: 50 %"`}},
		{60 * time.Second, 1001, 1000, []string{`msg="loading zones: 100 %"`}},
		{70 * time.Second, 0, 0, []string{`msg="loading zones: 0 %"`}},
	} {
		now = begun.Add(row.after)
		text.Reset()
		tell(row.done, row.total)
		var got []string
		if text.Len() > 0 {
			got = strings.Split(strings.TrimSpace(text.String()), "\n")
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s, %d of %d: %q, not %q", row.after, row.done, row.total, got, row.want)
		}
	}
}
