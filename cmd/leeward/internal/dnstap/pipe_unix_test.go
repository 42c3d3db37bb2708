//go:build unix

package dnstap

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe is no file: a reader of it that stands still would hold up whoever ends the output.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(reader) }()
	if _, err := create(path); err == nil || !strings.Contains(err.Error(), "is a pipe or a socket") {
		t.Errorf("a pipe: %v", err)
	}
}
