package service

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/tell"
)

// heard is what a receiver of webhooks was told.
type heard struct {
	Event    string
	Node     string
	Incident admin.Incident
}

// hearer is a receiver that answers as it is told to: whom it does not hear gets 503, whom it holds no answer.
type hearer struct {
	url  string
	told chan heard

	mu   sync.Mutex
	does func(node string) string // hear, refuse, hold
}

func newHearer(t *testing.T) *hearer {
	h := &hearer{told: make(chan heard, 100)}
	h.act(func(string) string { return "hear" })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got heard
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		does := h.does(got.Node)
		h.mu.Unlock()
		switch does {
		case "refuse":
			http.Error(w, "not heard", http.StatusServiceUnavailable)
		case "hold":
			<-r.Context().Done()
		default:
			h.told <- got
		}
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hearer) act(does func(node string) string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.does = does
}

// spoil breaks a zone, or mends it: that is an incident.
func (b *band) spoil(t *testing.T, node, origin string, mend bool) {
	t.Helper()
	text := "$TTL 300\n@ SOA ns1 host 2 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\n"
	if !mend {
		text += "ns1 A nowhere\n"
	}
	if err := os.WriteFile(filepath.Join(b.dir, node, "zones", origin+".zone"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Of two nodes one tells that an incident has begun and ended, each once, and both know it. When the one whose turn it is
// cannot tell, or is gone, the other does.
func TestOneOfTwoTells(t *testing.T) {
	t.Parallel()
	h := newHearer(t)
	b := &band{dir: t.TempDir(), incidents: fmt.Sprintf("incidents: {webhooks: [{url: %q}]}", h.url),
		pace: tell.Pace{Settle: time.Nanosecond, Step: 300 * time.Millisecond, First: 50 * time.Millisecond, Most: 100 * time.Millisecond}}
	one := b.place(t, "one", "directory: zones", "", "example.com 1")
	two := b.place(t, "two", "directory: zones", fmt.Sprintf("%q", one.node.Addr()), "example.org 1")
	nodes := map[string]*Service{"one": one, "two": two}
	quiet := func(notes int) {
		t.Helper()
		for name, s := range nodes {
			until(t, name+" knows what was told", func() bool { return len(s.toldKeys("")) == notes && len(s.tellProblems()) == 0 })
		}
		if len(h.told) > 0 {
			t.Errorf("told again: %+v", <-h.told)
		}
	}
	for _, s := range nodes {
		until(t, "both are members", func() bool { return len(s.livingNodes()) == 2 })
	}

	b.spoil(t, "one", "example.com", false)
	begun := <-h.told
	first := []string{"one", "two"}[tell.Rank("one", begun.Incident.ID, []string{"one", "two"})]
	if begun.Event != "incident.open" || begun.Incident.Cause.Kind != "zone" || begun.Node != first {
		t.Errorf("told %+v, want that a zone is in trouble, by %s", begun, first)
	}
	quiet(1)

	h.act(func(node string) string { return map[bool]string{true: "refuse", false: "hear"}[node == first] })
	b.spoil(t, "one", "example.com", true)
	if ended := <-h.told; ended.Event != "incident.ended" || ended.Incident.ID != begun.Incident.ID || ended.Node == first {
		t.Errorf("told %+v, want the end, by the other", ended)
	}
	quiet(2)

	turn := make(chan string, 1)
	held := ""
	h.act(func(node string) string {
		if held == "" {
			held = node
			turn <- node
		}
		return map[bool]string{true: "hold", false: "hear"}[node == held]
	})
	b.spoil(t, "two", "example.org", false)
	gone := <-turn
	b.stop(t, nodes[gone])
	if got := <-h.told; got.Node == gone {
		t.Errorf("told by %s, which is gone", got.Node)
	}
}
