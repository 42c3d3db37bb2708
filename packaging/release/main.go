// Command release makes what is published of a commit: a static program for each system, in an archive with its manual pages,
// completions and licences; a bill of materials for each; and the checksums of all.
//
//	go run ./packaging/release --out dist
//
// It builds what is committed, in a clone of its own. The same commit and the same Go release give the same bytes, wherever and
// whenever it is run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// target is a system to build for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

// targets are the systems that are built for.
func targets() []target {
	return []target{
		{"linux", "amd64"}, {"linux", "arm64"},
		{"freebsd", "amd64"}, {"freebsd", "arm64"},
		{"darwin", "amd64"}, {"darwin", "arm64"},
	}
}

func main() {
	out := flag.String("out", "dist", "`directory` to write into; it must not exist")
	commit := flag.String("commit", "HEAD", "commit to build")
	only := flag.String("only", "", "systems to build for, such as linux-amd64,linux-arm64 (default: all)")
	bom := flag.Bool("bom", true, "write bills of materials, which fetches the program that makes them")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "release takes no argument, such as %q\n", flag.Arg(0))
		os.Exit(2)
	}
	chosen, err := choose(*only)
	if err == nil {
		err = release(*commit, *out, chosen, *bom)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// choose picks targets by their names, separated by commas.
func choose(names string) ([]target, error) {
	if names == "" {
		return targets(), nil
	}
	known := map[string]target{}
	for _, t := range targets() {
		known[t.String()] = t
	}
	var chosen []target
	for name := range strings.SplitSeq(names, ",") {
		t, ok := known[name]
		if !ok {
			return nil, fmt.Errorf("no system %q: there are %v", name, targets())
		}
		chosen = append(chosen, t)
	}
	return chosen, nil
}

// release makes everything in a directory beside the one wanted, and renames it when all of it is there.
func release(commit, out string, chosen []target, bom bool) error {
	if _, err := os.Stat(out); err == nil {
		return fmt.Errorf("%s exists: move it away, or name another directory with --out", out)
	}
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	making, err := os.MkdirTemp(filepath.Dir(out), ".release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(making)
	src, err := checkOut(commit)
	if err != nil {
		return err
	}
	defer os.RemoveAll(src.dir)
	common, err := src.commonFiles()
	if err != nil {
		return err
	}
	for _, t := range chosen {
		if err := src.releaseTarget(making, t, common, bom); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	if err := writeSums(making); err != nil {
		return err
	}
	if err := os.Chmod(making, 0o755); err != nil {
		return err
	}
	return os.Rename(making, out)
}

// releaseTarget writes the archive for one system, and its bill of materials.
func (s *source) releaseTarget(out string, t target, common []file, bom bool) error {
	program, err := s.build(t)
	if err != nil {
		return err
	}
	if err := mustBeStatic(program, t); err != nil {
		return err
	}
	licences, err := s.licences(program)
	if err != nil {
		return err
	}
	files := append([]file{{name: "leeward", path: program, program: true}}, common...)
	name := fmt.Sprintf("leeward-%s-%s", s.version, t)
	archive := filepath.Join(out, name+".tar.gz")
	if err := writeArchive(archive, name, s.time, append(files, licences...)); err != nil {
		return err
	}
	fmt.Println(filepath.Base(archive))
	if !bom {
		return nil
	}
	return s.writeBOM(filepath.Join(out, name+".cdx.json"), program)
}
