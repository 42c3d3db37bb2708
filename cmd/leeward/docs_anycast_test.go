package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The configuration of BIRD that the documentation shows is one for BIRD itself, and the scripts are for a shell.
func TestDocumentedAnycast(t *testing.T) {
	_, text, _ := strings.Cut(page(t, "process.md"), "\n## Anycast\n")
	text, _, _ = strings.Cut(text, "\n## Rights\n")
	parts := strings.Split(text, "```")
	if len(parts) != 9 {
		t.Fatalf("%d pieces of code, 4 are wanted", len(parts)/2)
	}
	bird, scripts := "router id 192.0.2.1;\n"+parts[1], []string{parts[3], parts[7]}
	if _, err := exec.LookPath("bird"); err == nil {
		file := filepath.Join(t.TempDir(), "bird.conf")
		if err := os.WriteFile(file, []byte(bird), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("bird", "-p", "-c", file).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	} else if os.Getenv("CI") != "" {
		t.Error(err)
	}
	for _, script := range scripts {
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = strings.NewReader(strings.TrimPrefix(script, "sh\n"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
}
