package service

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
	"leeward/zones"
)

// The present is compared with what was before the last burst of changes, or since some time, of the same world alone.
func TestPast(t *testing.T) {
	p := newPlace(t)
	cfg, err := p.load()
	if err != nil {
		t.Fatal(err)
	}
	here, elsewhere := world{network: cfg.Network}, world{}
	at := func(seconds int) time.Time {
		return time.Unix(1_800_000_000, 0).Add(time.Duration(seconds) * time.Second)
	}
	judged := func(drained ...steering.Place) *steering.Verdicts {
		f := steering.Facts{}
		for _, place := range drained {
			f.Overrides = append(f.Overrides, steering.Override{Place: place, Action: steering.Drain})
		}
		return steering.Judge(cfg.Network, f)
	}
	calm, ams, both := judged(), judged("colo:ams"), judged("colo:ams", "colo:lhr")
	var past past
	if _, ok := past.last(here); ok {
		t.Error("nothing has happened yet")
	}
	past.note(here, nil, calm, at(0))
	past.note(here, calm, judged(), at(1))
	if _, ok := past.last(here); ok {
		t.Error("nothing has changed yet")
	}
	past.note(here, calm, ams, at(100))
	past.note(here, ams, both, at(120))
	same := func(a, b *steering.Verdicts) bool { return a != nil && b != nil && a.Digest() == b.Digest() }
	if got, _ := past.last(here); !same(got.before, calm) || got.at != at(100) {
		t.Errorf("one after the other: from %v", got.at)
	}
	past.note(here, both, calm, at(300))
	if got, _ := past.last(here); !same(got.before, both) || got.at != at(300) {
		t.Errorf("later: from %v", got.at)
	}
	for _, row := range []struct {
		since int
		want  *steering.Verdicts
	}{{99, calm}, {100, ams}, {200, both}, {400, nil}} {
		if got, ok := past.since(here, at(row.since)); ok != (row.want != nil) || ok && !same(got.before, row.want) {
			t.Errorf("since %d: %v", row.since, got.at)
		}
	}
	if _, ok := past.last(elsewhere); ok {
		t.Error("another world has this one's past")
	}
	for i := range 10 * pastTurns {
		past.note(here, calm, ams, at(1000+i))
	}
	if got := len(past.of(here)); got != pastTurns {
		t.Errorf("%d turns are remembered", got)
	}
}

func TestFlowsOfAFailure(t *testing.T) {
	p := newPlace(t)
	s, stop := p.start(t)
	until(t, "both colos up", func() bool { return measured(s, 0) == steering.Up && measured(s, 1) == steering.Up })
	_ = p.webs["ams"].Close()
	until(t, "ams down", func() bool { return measured(s, 0) == steering.Down })
	for _, text := range []string{"", "www.example.org."} {
		var name zones.Name
		if text != "" {
			name = nameOf(text)
		}
		f, err := s.Flows(name, dns.TypeA)
		if err != nil {
			t.Fatal(err)
		}
		ams, lhr := f.Flows.Colos[0], f.Flows.Colos[1]
		if f.Before == nil || ams.Now != 0 || math.Abs(lhr.Now-1) > 1e-9 || ams.Before <= 0 || math.Abs(ams.Before-f.Flows.Moved) > 1e-9 {
			t.Errorf("%q: %+v: %+v", text, f.Before, f.Flows)
		}
	}
	_, err := s.Flows(nameOf("nobody.example.org."), dns.TypeA)
	if _, refused := errors.AsType[*admin.Refusal](err); !refused {
		t.Errorf("of a name that is not steered: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// The stream tells of a failure by itself, and does not hold up the end.
func TestEvents(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	s.guard.Admit(admin.Access{Anonymous: true})
	go func() { served <- admin.Serve(serving, l, s.Handler(s.guard.Address()), slog.New(slog.DiscardHandler)) }()
	response, err := http.Get("http://" + l.Addr().String() + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%s, %s", response.Status, kind)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (kind, data string) {
		for lines.Scan() {
			line := lines.Text()
			if strings.HasPrefix(line, "event: ") {
				kind = line[len("event: "):]
			}
			if strings.HasPrefix(line, "data: ") {
				return kind, line[len("data: "):]
			}
		}
		return "", ""
	}
	if kind, data := next(); kind != "hello" || !strings.Contains(data, `"role":"read"`) {
		t.Errorf("first %s %s", kind, data)
	}
	failed := false
	for told := false; !told; {
		kind, data := next()
		if kind == "" {
			t.Fatal("the stream ended: ", lines.Err())
		}
		if kind != "status" {
			continue
		}
		var scene admin.Scene
		if err := json.Unmarshal([]byte(data), &scene); err != nil {
			t.Fatal(err)
		}
		switch ams := scene.Status.Colos[0]; {
		case !failed && ams.Verdict == steering.Up:
			failed = true
			_ = p.webs["ams"].Close()
		case failed && ams.Verdict == steering.Down:
			told = ams.Location.Lat == 52 && scene.Zones == 1
		}
	}
	if err := stop(); err != nil { // the node ends: so does the stream
		t.Error(err)
	}
	for kind, _ := next(); kind != ""; kind, _ = next() {
	}
	if again, err := http.Get("http://" + l.Addr().String() + "/v1/events"); err != nil || again.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after the end: %v, %v", again, err)
	}
	end()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
