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
//	long after edits    its times       no             yes: a copy may have set them
//	any                 asked for       any            yes
func TestWhenADirectoryIsListedAgain(t *testing.T) {
	past := time.Now().Add(-time.Hour) // so that any edit is another time even where clocks are coarse
	for _, row := range []struct {
		name  string
		after time.Duration
		edit  func(dir string) error
		link  bool
		asked bool
		again bool
	}{
		{"nothing", time.Hour, func(string) error { return nil }, false, false, false},
		{"a new file", time.Hour, func(dir string) error { return os.WriteFile(filepath.Join(dir, "c.zone"), nil, 0o600) }, false, false, true},
		{"a file gone", time.Hour, func(dir string) error { return os.Remove(filepath.Join(dir, "a.zone")) }, false, false, true},
		{"young", 0, func(string) error { return nil }, false, false, true},
		{"a link", time.Hour, func(string) error { return nil }, true, false, true},
		{"another time, as a copy sets it", time.Hour, func(dir string) error {
			if err := os.WriteFile(filepath.Join(dir, "c.zone"), nil, 0o600); err != nil {
				return err
			}
			for before := LookAt(dir).touched; LookAt(dir).touched == before; { // the system's clock is coarse
				if err := os.Chtimes(dir, past, past); err != nil {
					return err
				}
			}
			return nil
		}, false, false, true},
		{"asked for", time.Hour, func(string) error { return nil }, false, true, true},
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
			if err := os.Chtimes(dir, past, past); err != nil {
				t.Fatal(err)
			}
			var l listed
			if _, err := l.list(dir, time.Now().Add(row.after), false); err != nil {
				t.Fatal(err)
			}
			remembered := len(l.files)
			for i := range l.files {
				l.files[i].file = "remembered"
			}
			if err := row.edit(dir); err != nil {
				t.Fatal(err)
			}
			files, err := l.list(dir, time.Now().Add(row.after), row.asked)
			if err != nil {
				t.Fatal(err)
			}
			if again := remembered == 0 || files[0].file != "remembered"; again != row.again {
				t.Errorf("listed again: %t, want %t (%v)", again, row.again, files)
			}
		})
	}
}
