//go:build unix

package zones

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	zone, _, err := parseText(t, "example.com", zoneText(7, 1))
	do(t, err)
	large, _, err := parseText(t, "example.com", bigZone(20_000))
	do(t, err)
	sh := func(script string) []string { return []string{"sh", "-c", script} }
	for _, row := range []struct {
		title   string
		command []string
		zone    *Zone
		want    string // "" agrees
	}{
		{"no command", nil, zone, ""},
		{"it agrees", sh("cat >/dev/null"), large, ""},
		{"it does not read", sh("exit 0"), large, ""},
		{"it leaves something running", sh("sleep 1000 & echo $! >child; exit 0"), large, ""},
		{"it reads the zone", sh(`test "$LEEWARD_ZONE $LEEWARD_SERIAL" = "example.com 7" && grep -q '^www.example.com. 60 IN A 192.0.2.1$'`), zone, ""},
		{"it says why not", sh("echo >&2; echo ' no MX ' >&2; echo more >&2; exit 3"), zone, "zones.verify: no MX (exit status 3)"},
		{"it does not say why", sh("cat >/dev/null; exit 1"), large, "zones.verify: sh says no: exit status 1"},
		{"it says very much", sh("yes | head -c 1000000 >&2; exit 1"), zone, "zones.verify: y (exit status 1)"},
		{"it is killed", sh("kill -9 $$"), zone, "zones.verify: sh says no: signal: killed"},
		{"there is none", []string{"./no-such-command"}, zone, "zones.verify: fork/exec ./no-such-command: no such file or directory"},
	} {
		t.Run(row.title, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Cleanup(func() { end(t, "child") })
			got := ""
			if err := (Verify{Command: row.command}).Check(context.Background(), row.zone); err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// end ends the process whose number is in a file, if there is one.
func end(t *testing.T, file string) {
	if text, err := os.ReadFile(file); err == nil {
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		do(t, err)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// TestVerifyInTime wants a command that does not end to be killed with what it started.
func TestVerifyInTime(t *testing.T) {
	zone, _, err := parseText(t, "example.com", zoneText(7, 1))
	do(t, err)
	t.Chdir(t.TempDir())
	v := Verify{Command: []string{"sh", "-c", "sleep 1000 & echo $! >child; wait"}, Timeout: 200 * time.Millisecond}
	err = v.Check(context.Background(), zone)
	if err == nil || err.Error() != "zones.verify: sh has not answered within 200ms" {
		t.Errorf("%v", err)
	}
	text, err := os.ReadFile("child")
	do(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	do(t, err)
	for deadline := time.Now().Add(5 * time.Second); syscall.Kill(pid, 0) == nil && !zombie(pid); {
		if time.Now().After(deadline) {
			t.Fatal("what the command started lives on")
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := v.Check(ctx, zone); err == nil {
		t.Error("a check that was called off agrees")
	}
}

// zombie says whether a process has ended and nobody has asked for it yet.
func zombie(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// TestVerifyBeforeService wants what the command refuses to stay out of service, until it agrees.
func TestVerifyBeforeService(t *testing.T) {
	dir := t.TempDir()
	file, agreed := filepath.Join(dir, "a.zone"), filepath.Join(dir, "agreed")
	write(t, file, zoneText(7, 1))
	store := NewStore(Config{Directory: dir, Verify: Verify{Command: []string{"sh", "-c", `
		echo x >>asked; test "$LEEWARD_SERIAL" != 8 || test -e agreed || { echo not yet >&2; exit 1; }`}}})
	t.Chdir(dir)
	const refused = "a. failed 7 zone a: zones.verify: not yet (exit status 1)"
	wantOutcomes(t, store.Load(false), dir, "a. loaded 7")
	wantOutcomes(t, store.Load(false), dir, "a. unchanged 7")
	write(t, file, zoneText(7, 1)+"; a comment\n")
	wantOutcomes(t, store.Load(false), dir, "a. unchanged 7")
	write(t, file, zoneText(8, 2))
	wantOutcomes(t, store.Load(false), dir, refused)
	if got := store.pass(context.Background(), pass{}); len(got) > 0 {
		t.Errorf("told again: %v", got)
	}
	wantOutcomes(t, store.Load(false), dir, refused) // asked again, because a person asks
	if got := www(t, store.Set(), "a"); got != 1 {
		t.Errorf("www %d", got)
	}
	write(t, agreed, "")
	wantOutcomes(t, store.Load(false), dir, "a. loaded 8")
	if asked, err := os.ReadFile("asked"); err != nil || len(asked) != 2*4 {
		t.Errorf("asked %q times, %v", asked, err)
	}
}
