package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The bytes of an archive do not depend on where its files lie, when they were written, who may read them, or in which order
// they are named. They do on what is in them.
func TestArchiveIsReproducible(t *testing.T) {
	pack := func(content string, mode os.FileMode, order ...int) []byte {
		dir := t.TempDir()
		names := []string{"leeward", "docs/a.md", "README.md"}
		var files []file
		for _, i := range order {
			path := filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(path, []byte(content+names[i]), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Time{}, time.Unix(int64(1000+i), 0)); err != nil {
				t.Fatal(err)
			}
			files = append(files, file{name: names[i], path: path, program: i == 0})
		}
		out := filepath.Join(dir, "out.tar.gz")
		if err := writeArchive(out, "leeward-9", time.Unix(1_700_000_000, 0), files); err != nil {
			t.Fatal(err)
		}
		archive, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return archive
	}
	one := pack("x", 0o600, 0, 1, 2)
	if !bytes.Equal(one, pack("x", 0o755, 2, 0, 1)) {
		t.Error("the same files make other bytes")
	}
	if bytes.Equal(one, pack("y", 0o600, 0, 1, 2)) {
		t.Error("other files make the same bytes")
	}
	want := []string{"leeward-9/ 755", "leeward-9/README.md 644", "leeward-9/docs/ 755", "leeward-9/docs/a.md 644", "leeward-9/leeward 755"}
	if got := list(t, one); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// list are names and modes in an archive, all of which are root's and of the time given.
func list(t *testing.T, archive []byte) []string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "root" || h.ModTime.Unix() != 1_700_000_000 {
			t.Errorf("%s: %d %d %q %v", h.Name, h.Uid, h.Gid, h.Uname, h.ModTime)
		}
		entries = append(entries, fmt.Sprintf("%s %o", h.Name, h.Mode))
	}
}

// sha256sum, where there is one, finds the sums right, and wrong when a file has changed.
func TestSums(t *testing.T) {
	sha256sum, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("no sha256sum")
	}
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check := func() error {
		cmd := exec.Command(sha256sum, "--check", "--strict", "SHA256SUMS")
		cmd.Dir = dir
		return cmd.Run()
	}
	write("b", "2")
	write("a", "1")
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	if write("a", "3"); check() == nil {
		t.Error("a changed file passed")
	}
}

// Which systems are built for.
//
//	named         built
//	nothing       all
//	known ones    these
//	another       refused
func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		names string
		want  []target
	}{
		{"", targets()},
		{"linux-arm64,darwin-arm64", []target{{"linux", "arm64"}, {"darwin", "arm64"}}},
		{"linux-arm64,plan9-386", nil},
	} {
		got, err := choose(tt.names)
		if !slices.Equal(got, tt.want) || (err != nil) != (tt.want == nil) {
			t.Errorf("%q: %v, %v", tt.names, got, err)
		}
	}
}

// A program of the system, which wants a loader and a library, is refused; a static one is not.
func TestMustBeStatic(t *testing.T) {
	linux := target{"linux", "amd64"}
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Skip("no /bin/sh")
	}
	if err := mustBeStatic(shell, linux); err == nil {
		t.Errorf("%s passed", shell)
	}
	static := filepath.Join(t.TempDir(), "static")
	source := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", static, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := mustBeStatic(static, linux); err != nil {
		t.Error(err)
	}
}
