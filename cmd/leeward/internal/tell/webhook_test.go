package tell

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

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

// One receiver may be told under several headers; a receiver's words do not move a terminal's cursor.
func TestWebhookApart(t *testing.T) {
	id := func(h http.Header) string {
		return Webhook{URL: "https://example.net/", Format: Generic, Headers: h}.Target(nil).ID
	}
	if id(http.Header{"X-Room": {"noc"}}) == id(http.Header{"X-Room": {"lab"}}) || id(nil) != id(http.Header{}) {
		t.Error("webhooks are told apart by what they are told with")
	}
	err := judge(&http.Response{StatusCode: 400, Status: "400 Bad\x1b[2J"}, []byte("no\x1b[31m such room\nmore"))
	if got := err.Error(); got != "it answers 400 Bad [2J: no [31m such room" {
		t.Errorf("%q", got)
	}
}
