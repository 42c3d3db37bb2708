package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// file is one of an archive.
type file struct {
	name    string // in it, below its one directory
	path    string
	program bool
}

// writeArchive writes a tar archive, compressed by gzip, whose bytes depend on names, contents and the time alone.
func writeArchive(path, dir string, at time.Time, files []file) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	zip, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zip)
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	made := map[string]bool{}
	for _, f := range files {
		if err := addDirectories(archive, dir+"/"+f.name, at, made); err != nil {
			return err
		}
		if err := addFile(archive, dir+"/"+f.name, f, at); err != nil {
			return err
		}
	}
	for _, end := range []io.Closer{archive, zip, out} {
		if err := end.Close(); err != nil {
			return err
		}
	}
	return nil
}

// addDirectories adds those above a name that are not made yet.
func addDirectories(archive *tar.Writer, name string, at time.Time, made map[string]bool) error {
	for i, c := range name {
		if c != '/' || made[name[:i]] {
			continue
		}
		made[name[:i]] = true
		header := entry(name[:i]+"/", 0o755, at)
		header.Typeflag = tar.TypeDir
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
	}
	return nil
}

func addFile(archive *tar.Writer, name string, f file, at time.Time) error {
	content, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	mode := int64(0o644)
	if f.program {
		mode = 0o755
	}
	header := entry(name, mode, at)
	header.Size = int64(len(content))
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}

// entry is a header that says nothing of who made the archive. Its format is the plainest that every tar reads.
func entry(name string, mode int64, at time.Time) *tar.Header {
	return &tar.Header{Name: name, Mode: mode, ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatUSTAR}
}

// writeSums writes SHA256SUMS of all files in a directory, as sha256sum --check reads it.
func writeSums(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, path := range paths { // sorted
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), filepath.Base(path))
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}
