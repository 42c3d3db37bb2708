//go:build unix

package program

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The rows of the chart above Run.
func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name    string
		line    []string
		timeout time.Duration
		said    string
		err     string
	}{
		{"ends well", []string{"/bin/sh", "-c", "echo done"}, time.Minute, "done", ""},
		{"reads nothing", []string{"/bin/true"}, time.Minute, "", ""},
		{"leaves something running", []string{"/bin/sh", "-c", "sleep 3 & echo begun"}, time.Minute, "begun", ""},
		{"takes too long", []string{"/bin/sh", "-c", "sleep 1000 & wait"}, time.Millisecond, "", "it took longer than 1ms, and was killed"},
		{"is not there", []string{"/no/such/program"}, time.Minute, "", "no such file"},
		{"ends otherwise", []string{"/bin/sh", "-c", "echo why; echo more; exit 3"}, time.Minute, "why\nmore", "exit status 3: why"},
		{"says too much", []string{"/bin/sh", "-c", "yes | head -c 10000000; exit 1"}, time.Minute, strings.TrimSpace(strings.Repeat("y\n", kept/2)), "exit status 1: y"},
		{"no shell reads its arguments", []string{"/bin/echo", "$(id) `id`; id"}, time.Minute, "$(id) `id`; id", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said, err := Program{Line: tt.line, Timeout: tt.timeout}.Run(t.Context())
			if said != tt.said {
				t.Errorf("said %q, want %q", said, tt.said)
			}
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}

// A program has what it is given, and nothing of the server's secrets.
func TestEnvironment(t *testing.T) {
	t.Setenv("LEEWARD_TOKEN", "leeward_secret")
	said, err := Program{Line: []string{"/bin/sh", "-c", "env; cat"}, Variables: []string{"LEEWARD_READY=ready"}, Input: []byte("input"),
		Timeout: time.Minute}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PATH=", "LEEWARD_READY=ready", "input"} {
		if !strings.Contains(said, want) {
			t.Errorf("it lacks %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "leeward_secret") {
		t.Errorf("it has the token:\n%s", said)
	}
}

// The end of the context kills a program with all that it started.
func TestEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := Program{Line: []string{"/bin/sh", "-c", "sleep 1000 & echo started >" + started + "; wait"}, Timeout: time.Hour}.Run(ctx)
		ended <- err
	}()
	if _, err := os.ReadFile(started); err != nil { // waits until it has started
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err == nil {
		t.Error("a program that was killed has no error")
	}
}
