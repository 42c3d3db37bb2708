package main

import (
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// source is a commit, checked out into a directory of its own.
type source struct {
	dir     string // the files, in src, and what is made of them beside it
	version string
	time    time.Time // of the commit
}

func (s *source) files() string { return filepath.Join(s.dir, "src") }

// checkOut clones the repository that this runs in. A clone has nothing that is not committed, and the compiler stamps what it
// builds in one with the commit, which in a linked worktree it does not.
func checkOut(commit string) (*source, error) {
	dir, err := os.MkdirTemp("", "leeward-release-")
	if err != nil {
		return nil, err
	}
	s := &source{dir: dir}
	if err := s.fill(commit); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *source) fill(commit string) error {
	revision, err := output("", "git", "rev-parse", "--verify", commit+"^{commit}")
	if err != nil {
		return err
	}
	repository, err := output("", "git", "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return err
	}
	if _, err := output("", "git", "clone", "--quiet", "--shared", "--no-checkout", repository, s.files()); err != nil {
		return err
	}
	if _, err := output(s.files(), "git", "checkout", "--quiet", "--detach", revision); err != nil {
		return err
	}
	seconds, err := output(s.files(), "git", "show", "--no-patch", "--format=%ct", revision)
	if err != nil {
		return err
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return err
	}
	s.time = time.Unix(unix, 0).UTC()
	return nil
}

// build makes the program for a system. Nothing of this machine gets into it: no path, no time, no setting of the environment.
func (s *source) build(t target) (string, error) {
	program := filepath.Join(s.dir, t.String(), "leeward")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", program, "./cmd/leeward")
	cmd.Dir = s.files()
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off", "GOTOOLCHAIN=local", "GOFIPS140=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// mustBeStatic refuses a program for Linux or FreeBSD that wants a loader or a library. On darwin the system's own library is the only
// way into the kernel.
func mustBeStatic(program string, t target) error {
	if t.os == "darwin" {
		return nil
	}
	f, err := elf.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	if libraries, err := f.ImportedLibraries(); err == nil && len(libraries) > 0 {
		return fmt.Errorf("not static: it wants %v", libraries)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("not static: it wants a loader")
		}
	}
	return nil
}

// commonFiles are those that are the same for all systems: what the program itself writes, run here, and what lies in the
// repository. It sets the version, which the program knows.
func (s *source) commonFiles() ([]file, error) {
	program, err := s.build(target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return nil, err
	}
	said, err := output("", program, "version", "--json")
	if err != nil {
		return nil, err
	}
	var build struct{ Version, Commit string }
	if err := json.Unmarshal([]byte(said), &build); err != nil || build.Commit == "" {
		return nil, fmt.Errorf("the program does not know its commit: %s", said)
	}
	s.version = build.Version
	if _, err := output("", program, "manual", filepath.Join(s.dir, "made", "man")); err != nil {
		return nil, err
	}
	for shell, name := range map[string]string{"bash": "leeward", "zsh": "_leeward", "fish": "leeward.fish"} {
		script, err := output("", program, "completion", shell)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(s.dir, "made", "completions", shell, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(script+"\n"), 0o644); err != nil {
			return nil, err
		}
	}
	files, err := below(filepath.Join(s.dir, "made"), "")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"LICENSE", "NOTICE", "README.md", "CHANGELOG.md"} {
		files = append(files, file{name: name, path: filepath.Join(s.files(), name)})
	}
	for _, dir := range []string{"docs", "packaging/systemd", "packaging/etc"} {
		more, err := below(filepath.Join(s.files(), dir), filepath.Base(dir)+"/")
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			if !strings.HasSuffix(f.name, ".go") { // what embeds a page is none
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// below are all files below a directory, under a name that begins with prefix.
func below(dir, prefix string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, file{name: prefix + filepath.ToSlash(name), path: path})
		return err
	})
	return files, err
}

// licences are those of the modules that a program is made of, as their sources have them: who passes the program on passes
// them on.
func (s *source) licences(program string) ([]file, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, m := range info.Deps {
		dir, err := output(s.files(), "go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		found := 0
		for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*", "NOTICE*", "PATENTS"} {
			paths, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is good
			for _, path := range paths {
				files = append(files, file{name: "licences/" + m.Path + "/" + filepath.Base(path), path: path})
			}
			found += len(paths)
		}
		if found == 0 {
			return nil, fmt.Errorf("module %s has no licence at its top", m.Path)
		}
	}
	golang, err := output(s.files(), "go", "env", "GOROOT")
	return append(files, file{name: "licences/go/LICENSE", path: filepath.Join(golang, "LICENSE")}), err
}

// output runs a program and gives what it says, without the last line break.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, exit.Stderr)
	}
	return strings.TrimRight(string(out), "\n"), err
}
