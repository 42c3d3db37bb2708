package tell

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// quick is a pace for tests.
var quick = Pace{Settle: time.Nanosecond, Step: time.Millisecond, First: time.Millisecond, Most: 10 * time.Millisecond}

// world is what tellers look at: incidents, and the notes that all nodes have.
type world struct {
	mu        sync.Mutex
	incidents []admin.Incident
	notes     []string
	counts    Counts
}

func (w *world) set(list ...admin.Incident) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.incidents = list
}

func (w *world) options(node string, nodes ...string) Options {
	return Options{Node: node, Link: "https://ns1.example.net/#{id}", Pace: quick, Counts: &w.counts, Logger: slog.New(slog.DiscardHandler),
		Incidents: func() []admin.Incident { w.mu.Lock(); defer w.mu.Unlock(); return slices.Clone(w.incidents) },
		Nodes:     func() []string { return append(nodes, node) },
		Told: func(prefix string) (list []string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, n := range w.notes {
				if strings.HasPrefix(n, prefix) {
					list = append(list, n)
				}
			}
			return list
		},
		Note: func(key string) error { w.mu.Lock(); defer w.mu.Unlock(); w.notes = append(w.notes, key); return nil }}
}

func (w *world) count(result string) (n uint64) {
	w.counts.Visit(func(c Count, of uint64) {
		if c.Result == result {
			n += of
		}
	})
	return n
}

// run runs a teller until the test ends.
func run(t *testing.T, teller *Teller) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- teller.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// fresh is a trouble of now, and not of the past.
func fresh() admin.Incident {
	i := trouble(0)
	i.Start = time.Now().Add(-time.Minute)
	return i
}

func over(i admin.Incident) admin.Incident {
	end := time.Now()
	i.End, i.State = &end, "ended"
	return i
}

// posts are what a server was posted.
type posts struct {
	came chan *http.Request
	body chan []byte
}

// receiver is a server that answers what it is told to, one after the other, and then 204.
func receiver(answers ...int) (http.Handler, posts) {
	p := posts{make(chan *http.Request, 1000), make(chan []byte, 1000)}
	next := make(chan int, len(answers))
	for _, a := range answers {
		next <- a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case status := <-next:
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			http.Error(w, "said no", status)
		default:
			p.body <- body
			p.came <- r
			w.WriteHeader(http.StatusNoContent)
		}
	}), p
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// A webhook is told that an incident is open, and that it has ended, each once; signed, and with headers of its own.
func TestWebhook(t *testing.T) {
	handler, got := receiver()
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	w := &world{}
	w.set(fresh())
	hook := Webhook{Name: "hook", URL: server.URL + "/secret-path", Format: Generic, Headers: http.Header{"X-Room": {"noc"}}, Secret: []byte("0123456789abcdef"), Version: "1"}
	teller := NewTeller(hook.Target(server.Client().Transport), w.options("ns1"))
	run(t, teller)
	request, body := <-got.came, <-got.body
	var m Message
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if m.Event != "incident.open" || m.Incident.Title != trouble(0).Title || m.Link != "https://ns1.example.net/#2026-01-02-abcde" || m.Node != "ns1" {
		t.Errorf("got %+v", m)
	}
	mac := hmac.New(sha256.New, hook.Secret)
	mac.Write(body)
	if h := request.Header; h.Get(Signature) != "sha256="+hex.EncodeToString(mac.Sum(nil)) || h.Get("X-Room") != "noc" || h.Get("Content-Type") != "application/json" || h.Get("Idempotency-Key") != m.Key {
		t.Errorf("headers: %v", h)
	}
	w.set(over(fresh()))
	teller.Poke()
	<-got.came
	if err := json.Unmarshal(<-got.body, &m); err != nil || m.Event != "incident.ended" {
		t.Errorf("then %+v, %v", m, err)
	}
	until(t, "both are noted", func() bool { return w.count("told") == 2 && len(w.options("").Told("")) == 2 })
	for range 20 {
		teller.Poke()
	}
	second := NewTeller(hook.Target(server.Client().Transport), w.options("ns2", "ns1")) // as after a restart, elsewhere
	second.look(t.Context())
	if len(got.came) > 0 || w.count("told") != 2 {
		t.Error("told again")
	}
	if teller.Problem() != "" {
		t.Error(teller.Problem())
	}
}

// A webhook that fails is tried again until it is told; one that will not have it is not.
func TestWebhookFails(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []int
		problem string // in the end; "": it was told
	}{
		{"500, again and again", []int{500, 502, 503, 500}, ""},
		{"busy", []int{429, 408, 425}, ""},
		{"not there", []int{404}, "404 Not Found: said no"},
		{"not allowed", []int{403}, "403 Forbidden"},
		{"500, and then not there", []int{500, 410}, "410 Gone"},
		{"leads elsewhere", []int{307}, "leads elsewhere and is not followed"},
		{"leads elsewhere for good", []int{308}, "leads elsewhere and is not followed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			handler, got := receiver(tt.answers...)
			server := httptest.NewServer(handler)
			defer server.Close()
			w := &world{}
			w.set(fresh())
			teller := NewTeller(Webhook{Name: "hook", URL: server.URL, Format: Slack}.Target(nil), w.options("ns1"))
			run(t, teller)
			if tt.problem == "" {
				<-got.came
				until(t, "counted, and no problem", func() bool {
					return w.count("told") == 1 && w.count("failed") == uint64(len(tt.answers)) && teller.Problem() == ""
				})
				return
			}
			until(t, "given up", func() bool { return w.count("given_up") == 1 && strings.Contains(teller.Problem(), tt.problem) })
			teller.Poke()
			if w.count("told") > 0 || len(w.options("").Told("")) > 0 {
				t.Error("noted as told")
			}
		})
	}
}

// A webhook that is down is told when it is up; what is said of it does not show its address.
func TestWebhookIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	w := &world{}
	w.set(fresh())
	o := w.options("ns1")
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	teller := NewTeller(Webhook{Name: "hook", URL: "http://" + at + "/services/T0/SECRET", Format: Slack}.Target(nil), o)
	teller.look(t.Context())
	if !strings.Contains(teller.Problem(), "connection refused") || strings.Contains(teller.Problem()+log.String(), "SECRET") {
		t.Errorf("problem %q, log %s", teller.Problem(), log.String())
	}
	handler, got := receiver()
	if l, err = net.Listen("tcp", at); err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	defer server.Close()
	run(t, teller)
	<-got.came
	until(t, "no problem", func() bool { return teller.Problem() == "" })
}

// A webhook that does not answer holds up nobody longer than its time; here the time is cut short by the end.
func TestSlowWebhook(t *testing.T) {
	asked, release := make(chan struct{}, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-release }))
	defer server.Close()
	defer close(release)
	w := &world{}
	w.set(fresh())
	ctx, stop := context.WithCancel(t.Context())
	teller := NewTeller(Webhook{Name: "hook", URL: server.URL, Format: Generic}.Target(nil), w.options("ns1"))
	ended := make(chan error, 1)
	go func() { ended <- teller.Run(ctx) }()
	<-asked
	stop()
	if err := <-ended; err != nil || w.count("failed") > 0 {
		t.Errorf("the end: %v, %d failed", err, w.count("failed"))
	}
}

// The node that is first tells; when it cannot, the next does. Whoever hears that it was told does not.
func TestElection(t *testing.T) {
	nodes := []string{"ns1", "ns2", "ns3"}
	i := fresh()
	slices.SortFunc(nodes, func(a, b string) int { return Rank(a, i.ID, nodes) - Rank(b, i.ID, nodes) })
	w := &world{}
	w.set(i)
	var mu sync.Mutex
	var by []string
	target := func(works bool) Target {
		return Target{Name: "t", ID: "t", Tell: func(_ context.Context, m Message) error {
			mu.Lock()
			defer mu.Unlock()
			by = append(by, m.Node)
			if !works {
				return errors.New("cut off")
			}
			return nil
		}}
	}
	tellers := map[string]*Teller{}
	for r, n := range nodes {
		o := w.options(n, nodes...)
		o.Pace.Step, o.Pace.First, o.Pace.Most = time.Hour, time.Hour, time.Hour
		tellers[n] = NewTeller(target(r > 0), o)
		tellers[n].look(t.Context())
	}
	if !slices.Equal(by, nodes[:1]) {
		t.Fatalf("tried by %q, want the first alone", by)
	}
	for _, state := range tellers[nodes[1]].state { // an hour later
		state.due = time.Now()
	}
	for _, n := range nodes {
		tellers[n].look(t.Context())
	}
	for _, state := range tellers[nodes[2]].state { // two hours later
		state.due = time.Now()
	}
	for _, n := range nodes {
		tellers[n].look(t.Context())
	}
	if !slices.Equal(by, nodes[:2]) || w.count("told") != 1 || tellers[nodes[0]].Problem() != "" {
		t.Errorf("tried by %q, told %d times, %q", by, w.count("told"), tellers[nodes[0]].Problem())
	}
}

// What could not be noted is not told twice all the same.
func TestNoteRefused(t *testing.T) {
	w := &world{}
	w.set(fresh())
	o := w.options("ns1")
	o.Note = func(string) error { return errors.New("too many notes") }
	n := 0
	teller := NewTeller(Target{Name: "t", ID: "t", Tell: func(context.Context, Message) error { n++; return nil }}, o)
	for range 5 {
		teller.look(t.Context())
	}
	w.set(over(fresh()))
	for range 5 {
		teller.look(t.Context())
	}
	if n != 2 {
		t.Errorf("told %d times, want that it is open and that it has ended", n)
	}
}

// A program has the incident in its environment and on its standard input, and nothing of ours besides; no shell reads it.
func TestCommand(t *testing.T) {
	t.Setenv("LEEWARD_TOKEN", "leeward_secret")
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := filepath.Join(dir, "hook")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nenv | grep LEEWARD_ | sort > $1\ncat > $1.json\necho \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	c := Command{Line: []string{script, out, "$(id) `id`; id"}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	i := trouble(0)
	share := 0.421
	i.ClientShare, i.Title = &share, "$(touch /tmp/x) `id`\nLEEWARD_X=1"
	m := newMessage(Word{Incident: i}, "ns1", "https://x/{id}", noon)
	if err := c.Target().Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	env, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LEEWARD_INCIDENT_ID=2026-01-02-abcde", "LEEWARD_INCIDENT_STATE=open", "LEEWARD_INCIDENT_TITLE=$(touch /tmp/x) `id`",
		"LEEWARD_INCIDENT_CAUSE_KIND=upstream", "LEEWARD_INCIDENT_COLOS=ams lhr", "LEEWARD_INCIDENT_CLIENT_SHARE=0.4210", "LEEWARD_INCIDENT_LINK=https://x/2026-01-02-abcde"} {
		if !strings.Contains(string(env), want+"\n") {
			t.Errorf("the environment lacks %s:\n%s", want, env)
		}
	}
	if strings.Contains(string(env), "leeward_secret") {
		t.Error("the program has the token")
	}
	body, err := os.ReadFile(out + ".json")
	var read Message
	if err != nil || json.Unmarshal(body, &read) != nil || read.Incident.ID != i.ID {
		t.Errorf("standard input: %v, %s", err, body)
	}
	if !strings.Contains(log.String(), "$(id) `id`; id") {
		t.Errorf("the log lacks what it said: %s", log.String())
	}
}

func TestCommandFails(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	for _, tt := range []struct {
		name string
		line []string
		want string
	}{
		{"no such program", []string{"/no/such/program"}, "no such file"},
		{"exit code", []string{"/bin/sh", "-c", "echo why; exit 3"}, "exit status 3: why"},
		{"too much to say", []string{"/bin/sh", "-c", "yes | head -c 10000000; exit 1"}, "exit status 1: y"},
		{"reads nothing", []string{"/bin/true"}, ""},
	} {
		err := Command{tt.line, quiet}.Target().Tell(t.Context(), newMessage(Word{Incident: trouble(0)}, "ns1", "", noon))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	// The end kills it with all that it started.
	ctx, stop := context.WithCancel(t.Context())
	fifo := filepath.Join(t.TempDir(), "started")
	ended := make(chan error, 1)
	go func() {
		ended <- Command{[]string{"/bin/sh", "-c", "sleep 1000 & touch " + fifo + "; wait"}, quiet}.Target().Tell(ctx, newMessage(Word{Incident: trouble(0)}, "ns1", "", noon))
	}()
	until(t, "started", func() bool { _, err := os.Stat(fifo); return err == nil })
	stop()
	if err := <-ended; err == nil {
		t.Error("a program that was killed has no error")
	}
}

// The words for Slack say what, why, where, how much and where to look, and have nothing special in them but our marks.
func TestSlackText(t *testing.T) {
	i := trouble(90*time.Second, 0)
	share := 0.421
	i.ClientShare, i.NamesTotal, i.Detected = &share, 7, "2.1s"
	m := newMessage(Word{Incident: i, Ended: true}, "ns1-ams", "https://ns1/?a=1&b={id}", noon)
	want := `{"text":"Ended: *upstream northway is failing: ams, lhr*\n` +
		`Cause: 3 colos \u0026lt;down\u0026gt; \u0026amp; out\n` +
		`Colos: ams, lhr. Names: 7. Clients moved: 42 %\n` +
		`Since 2026-01-02 11:58:30 UTC, for 1m30s, detected after 2.1s\n` +
		`Told by ns1-ams, 2026-01-02-abcde, \u003chttps://ns1/?a=1\u0026amp;b=2026-01-02-abcde|look\u003e"}`
	got, err := json.Marshal(Webhook{Format: Slack}.body(m))
	if err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s (%v)", got, want, err)
	}
}
