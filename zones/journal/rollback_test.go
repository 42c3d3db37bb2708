package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leeward/zones"
)

// TestRollbackSaysWhatItCannotDo wants the answer of a rollback, and the log, to say what will come back with a restart, and
// who will not follow.
func TestRollbackSaysWhatItCannotDo(t *testing.T) {
	signature := "@ RRSIG SOA 8 1 60 20300101000000 20200101000000 1 a. AAAA\n"
	for _, row := range []struct {
		title, more string
		break_      func(h *house)
		keeps       bool
		want        string
	}{
		{"signed", signature, func(*house) {}, true, "its own serial, 7, which is not ahead of 8: secondaries will not notice"},
		{"a full disk", "", func(h *house) {
			do(h.T, os.RemoveAll(string(h.kept)), os.WriteFile(string(h.kept), nil, 0o600))
		}, true, "what is served cannot be kept"},
		{"nothing is kept", "", func(*house) {}, false, "nothing is kept (state.directory): a restart serves the file again"},
		{"as it should be", "", func(*house) {}, true, ""},
	} {
		t.Run(row.title, func(t *testing.T) {
			h := newHouse(t, zones.Keep)
			if !row.keeps {
				h.kept = ""
			}
			h.write("a", text(7, 1)+row.more)
			h.start()
			h.write("a", text(8, 2)+row.more)
			h.store.Load(false)
			row.break_(h)
			o, err := h.store.Rollback(name(t, "a"), 0)
			do(t, err)
			if got := fmt.Sprint(o.Warnings); !strings.Contains(got, row.want) || (row.want == "") != (len(o.Warnings) == 0) {
				t.Errorf("told %s", got)
			}
			if !strings.Contains(h.log.String(), row.want) {
				t.Errorf("logged %s", &h.log)
			}
		})
	}
}

// TestRollbackWithoutFile wants it to stay known that the file is gone, because a reload would drop the zone.
func TestRollbackWithoutFile(t *testing.T) {
	h := newHouse(t, zones.Keep)
	h.write("a", text(7, 1))
	h.write("b", text(7, 1))
	h.write("c", text(7, 1))
	h.start()
	h.write("a", text(8, 2))
	h.store.Load(false)
	do(t, os.Remove(filepath.Join(h.files, "a.zone")))
	h.start()
	h.want("a", 8, 2, "a.zone is gone")
	o, err := h.store.Rollback(name(t, "a"), 0)
	do(t, err)
	h.want("a", 9, 1, "a.zone is gone")
	if o.Action != zones.Kept {
		t.Errorf("told %q", o.Action)
	}
	h.write("a", text(8, 2))
	h.store.Load(false)
	h.want("a", 9, 1, "rolled back at")
}

// TestRollbackDoesNotWait wants an operator's way back not to wait for a command that verifies another edit, which is asked
// about that edit again.
func TestRollbackDoesNotWait(t *testing.T) {
	h := newHouse(t, zones.Keep)
	h.write("a", text(7, 1))
	h.write("b", text(7, 1))
	h.start()
	h.write("a", text(8, 2))
	h.store.Load(false)
	asked, release := filepath.Join(t.TempDir(), "asked"), filepath.Join(t.TempDir(), "release")
	h.start()
	h.store = zones.NewStore(zones.Config{
		Directory: h.files, Keeper: h.kept, Now: func() time.Time { return h.now }, Quiesce: time.Millisecond,
		Verify: zones.Verify{Timeout: time.Hour, Command: []string{"sh", "-c", `test -e "$1" || { >"$0"; exec sleep 3600; }`, asked, release}},
	})
	h.store.Load(false)
	h.write("b", text(8, 2))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.store.Run(ctx, func() {}) }()
	eventually(t, "the command to be asked", func() bool { _, err := os.Stat(asked); return err == nil })

	if c, err := h.store.Diff(name(t, "b")); err != nil || c.To() != 8 { // nor does a question wait
		t.Errorf("%v, %v", c, err)
	}
	do(t, os.WriteFile(release, nil, 0o600))
	h.back("a", 0, "")
	h.want("a", 9, 1, "rolled back")
	eventually(t, "the other edit to go live", func() bool { return h.store.Set().Zone(name(t, "b")).Serial() == 8 })
	cancel()
	do(t, <-ended)
}

// eventually waits for what comes by itself.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.After(20 * time.Second); !is(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestNothingOfTheZone wants the reason, where there is a file and nothing of it could ever be served.
func TestNothingOfTheZone(t *testing.T) {
	h := newHouse(t, zones.Keep)
	h.write("a", "broken\n")
	h.write("b", text(7, 1))
	h.start()
	a := name(t, "a")
	_, diff := h.store.Diff(a)
	_, versions := h.store.Versions(a)
	_, rollback := h.store.Rollback(a, 0)
	_, undo := h.store.UndoRollback(a)
	for _, err := range []error{diff, versions, rollback, undo} {
		if err == nil || !strings.Contains(err.Error(), "a.zone:1") {
			t.Errorf("%v", err)
		}
	}
}
