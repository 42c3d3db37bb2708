package audit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func record(what string) Record {
	return Record{Time: time.Unix(1, 0).UTC(), Who: "alice", What: what, Body: json.RawMessage(`{"a":1}`), Status: 200}
}

func whats(t *testing.T, l *Log, most int) (list []string) {
	t.Helper()
	last, err := l.Last(most)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range last {
		list = append(list, r.What)
	}
	return list
}

func TestLast(t *testing.T) {
	dir := t.TempDir()
	l := New(dir)
	if got := whats(t, l, 10); len(got) > 0 {
		t.Errorf("an empty log has %q", got)
	}
	for i := range 3 {
		if err := l.Append(record(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	// Another run reads what this one wrote.
	if got := whats(t, New(dir), 2); strings.Join(got, " ") != "1 2" {
		t.Errorf("the last two are %q", got)
	}
	if got := whats(t, New(""), 2); len(got) > 0 {
		t.Errorf("without a directory there is %q", got)
	}
}

// The files together stay under a bound, and the newest records are kept.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	l := New(dir)
	long := record(strings.Repeat("x", 100<<10))
	for range 100 {
		if err := l.Append(long); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Append(record("newest")); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if len(files) != before+1 || size > (before+1)*(full+200<<10) {
		t.Errorf("%d files of %d octets", len(files), size)
	}
	if got := whats(t, l, 1); len(got) != 1 || got[0] != "newest" {
		t.Errorf("the last is %.20q", got)
	}
	if got := whats(t, l, 1000); len(got) < before*full/(101<<10) {
		t.Errorf("only %d records are left", len(got))
	}
}

// A full disk loses records and says so; what was cut off spoils no record after it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	if err := os.Symlink("/dev/full", filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	l := New(dir)
	if err := l.Append(record("lost")); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk: %v", err)
	}
	if n, err := l.Lost(); n != 1 || err == nil {
		t.Errorf("lost %d, %v", n, err)
	}
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"time":"2026-01-02T0`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(record("room again")); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Lost(); n != 1 || err != nil {
		t.Errorf("lost %d, %v", n, err)
	}
	if got := whats(t, l, 9); len(got) != 1 || got[0] != "room again" {
		t.Errorf("the records are %q", got)
	}
}

// Whatever lies in the file, it is read, and what is appended to it is found.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("{}\n{\"time\":\"2026-01-02T03:04:05Z\"}\nnull\n"))
	f.Add([]byte(`{"time":`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		l := New(dir)
		if err := l.Append(record("after")); err != nil {
			t.Fatal(err)
		}
		if got := whats(t, l, 1); len(got) != 1 || got[0] != "after" {
			t.Errorf("the last is %q", got)
		}
	})
}
