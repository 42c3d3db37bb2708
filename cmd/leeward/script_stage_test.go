package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// stage is what one script has running.
type stage struct {
	env     []string // of all programs
	servers map[string]*process
	webs    map[string]*webService
	held    []io.Closer
}

type stageKey struct{}

// newStage makes the stage of a script, and has it cleared when the script ends.
func newStage(env *testscript.Env) {
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else every program takes a second to end under the race detector
	env.Setenv("LEEWARD_PROCESS_GRACE", "0s") // nobody is behind the servers who has to notice that they leave
	env.Setenv("LEEWARD_PROCESS_USER", "")    // a script's directory is for who runs it
	s := &stage{env: env.Vars, servers: map[string]*process{}, webs: map[string]*webService{}}
	env.Values[stageKey{}] = s
	env.Defer(func() {
		for _, srv := range s.servers {
			srv.kill()
		}
		for _, w := range s.webs {
			w.close()
		}
		for _, h := range s.held {
			_ = h.Close() // it only kept a port
		}
		if t, ok := env.T().(testing.TB); ok && t.Failed() {
			showLogs(t, env.WorkDir)
		}
	})
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// showLogs shows the end of each server's log, for whoever must find out why a script failed.
func showLogs(t testing.TB, dir string) {
	const most = 3000
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		t.Log(err)
	}
	for _, file := range logs {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Log(err)
		}
		t.Logf("%s ends with:\n%s", filepath.Base(file), text[max(0, len(text)-most):])
	}
}
