package tell

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

// What a program ends with is what the telling ends with.
func TestCommandFails(t *testing.T) {
	c := Command{[]string{"/bin/sh", "-c", "echo why; exit 3"}, slog.New(slog.DiscardHandler)}
	err := c.Target().Tell(t.Context(), newMessage(Word{Incident: trouble(0)}, "ns1", "", noon))
	if err == nil || !strings.Contains(err.Error(), "exit status 3: why") {
		t.Errorf("%v, want its exit status and its word", err)
	}
}
