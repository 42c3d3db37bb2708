package cluster

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// The rows are those of the chart above Write.
func TestTranslator(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		line    string
		levels  string // of the line, said three times within a minute
		refused bool
	}{
		{"[ERR] memberlist: Decrypt packet failed: no installed keys could decrypt the message from=192.0.2.1:7946", "WARN DEBUG DEBUG", true},
		{"[ERR] memberlist: Conflicting address for n1. Mine: 192.0.2.1:7946 Theirs: 192.0.2.2:7946 Old state: 0", "DEBUG DEBUG DEBUG", false},
		{"[WARN] memberlist: Was able to connect to n1 over TCP but UDP probes failed, network may be misconfigured", "WARN DEBUG DEBUG", false},
		{"[ERR] memberlist: Push/Pull with n1 failed: EOF", "WARN DEBUG DEBUG", false},
		{"[DEBUG] memberlist: Stream connection from=192.0.2.1:7946", "DEBUG DEBUG DEBUG", false},
		{"[INFO] memberlist: Suspect n1 has failed, no acks received", "DEBUG DEBUG DEBUG", false},
	} {
		var out bytes.Buffer
		refused := 0
		tr := &translator{
			logger:  slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
			now:     func() time.Time { return now },
			refused: func(refusal) { refused++ },
			last:    map[string]time.Time{},
		}
		for range 3 {
			tr.Write([]byte(c.line + "\n"))
		}
		var levels []string
		for line := range strings.Lines(out.String()) {
			_, rest, _ := strings.Cut(line, "level=")
			level, _, _ := strings.Cut(rest, " ")
			levels = append(levels, level)
		}
		if got := strings.Join(levels, " "); got != c.levels || (refused == 3) != c.refused {
			t.Errorf("%s: %s, %d refused", c.line, got, refused)
		}
		now = now.Add(quiet)
		out.Reset()
		tr.Write([]byte(c.line))
		if got := strings.Contains(out.String(), "level=WARN"); got != strings.Contains(c.levels, "WARN") {
			t.Errorf("%s: a minute later %s", c.line, out.String())
		}
	}
}
