package zones

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPriorityOfVerify: the command that verifies has the priority of the server, though what it verifies was read behind.
func TestPriorityOfVerify(t *testing.T) {
	own, err := exec.Command("nice").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "z.zone")
	write(t, file, zoneText(1, 1))
	s := NewStore(Config{Directory: dir, Verify: Verify{Command: []string{"sh", "-c", `test "$LEEWARD_SERIAL" = 1 || { nice >&2; exit 1; }`}}})
	s.Load(false)
	write(t, file, zoneText(2, 2))
	want := "zones.verify: " + strings.TrimSpace(string(own)) + " (exit status 1)"
	if o := s.Load(false)[0]; o.Err == nil || !strings.HasSuffix(o.Err.Error(), want) {
		t.Errorf("the command says %v, want %s", o.Err, want)
	}
}
