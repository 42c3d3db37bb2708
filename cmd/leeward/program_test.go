package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"leeward/cmd/leeward/internal/service"
)

// A program that the server runs may call leeward: what it is told in its environment is taken for no key.
func TestProgramsMayCallLeeward(t *testing.T) {
	for _, name := range service.ProgramVariables() {
		t.Setenv(name, "a word")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "example.org.zone"), []byte("@ 60 IN SOA ns1 root 1 60 60 60 60\n  60 IN NS ns1\nns1 60 IN A 192.0.2.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "leeward.yaml")
	if err := os.WriteFile(file, []byte("zones: {directory: "+dir+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"check", "--config", file}, io.Discard, os.Stderr); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
