package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leeward/cmd/leeward/internal/manual"
)

// mandoc finds no fault with any page. It does with one that is broken.
func TestManualPagesAreWellFormed(t *testing.T) {
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no mandoc")
		}
		t.Skip("no mandoc")
	}
	edition := manual.Edition{Version: version, Date: "2026-01-02"}
	dir := t.TempDir()
	args := []string{"-T", "lint", "-W", "style"}
	for _, page := range append(manual.Commands(rootCommand(), edition), manual.Configuration(edition)) {
		file := filepath.Join(dir, filepath.Base(page.File()))
		if err := os.WriteFile(file, []byte(page.Text), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command(mandoc, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	broken := filepath.Join(dir, "broken.1")
	if err := os.WriteFile(broken, []byte(".TH X 1\n.SH NAME\nx \\- y\n.fi\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(mandoc, "-T", "lint", "-W", "style", broken).Run(); err == nil {
		t.Error("a page with a macro that ends nothing passed")
	}
}
