package zones

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A directory is listed again unless nothing can have changed in it.
//
//	listed              since then      links in it    listed again
//	long after edits    nothing         no             no
//	long after edits    a new file      no             yes
//	long after edits    a file gone     no             yes
//	right after edits   nothing         no             yes: a clock's tick may hide another edit
//	long after edits    nothing         yes            yes: what they lead to is not in the directory
func TestWhenADirectoryIsListedAgain(t *testing.T) {
	for _, row := range []struct {
		name  string
		after time.Duration
		edit  func(dir string) error
		link  bool
		again bool
	}{
		{"nothing", time.Hour, func(string) error { return nil }, false, false},
		{"a new file", time.Hour, func(dir string) error { return os.WriteFile(filepath.Join(dir, "c.zone"), nil, 0o600) }, false, true},
		{"a file gone", time.Hour, func(dir string) error { return os.Remove(filepath.Join(dir, "a.zone")) }, false, true},
		{"young", 0, func(string) error { return nil }, false, true},
		{"a link", time.Hour, func(string) error { return nil }, true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.zone"), "")
			write(t, filepath.Join(dir, "b.zone"), "")
			if row.link {
				if err := os.Symlink("a.zone", filepath.Join(dir, "l.zone")); err != nil {
					t.Fatal(err)
				}
			}
			// long ago, so that any edit is another time even where clocks are coarse
			past := time.Now().Add(-time.Hour)
			if err := os.Chtimes(dir, past, past); err != nil {
				t.Fatal(err)
			}
			var l listed
			if _, err := l.list(dir, past.Add(row.after)); err != nil {
				t.Fatal(err)
			}
			remembered := len(l.files)
			for i := range l.files {
				l.files[i].file = "remembered"
			}
			if err := row.edit(dir); err != nil {
				t.Fatal(err)
			}
			files, err := l.list(dir, past.Add(2*row.after))
			if err != nil {
				t.Fatal(err)
			}
			if again := remembered == 0 || files[0].file != "remembered"; again != row.again {
				t.Errorf("listed again: %t, want %t (%v)", again, row.again, files)
			}
		})
	}
}
