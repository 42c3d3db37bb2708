package zones

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestUntouched(t *testing.T) {
	now := time.Now()
	past := now.Add(-time.Hour)
	for _, row := range []struct {
		title string
		touch func(file string) error
		want  bool
	}{
		{"nothing", func(string) error { return nil }, true},
		{"gone", os.Remove, false},
		{"another time", func(file string) error { return os.Chtimes(file, past, past.Add(1)) }, false},
		{"another size, the same time", func(file string) error {
			_ = os.WriteFile(file, []byte("abcd"), 0o666)
			return os.Chtimes(file, past, past)
		}, false},
		{"another file of the same size and time", func(file string) error {
			_ = os.WriteFile(file+".new", []byte("xyz"), 0o666)
			_ = os.Chtimes(file+".new", past, past)
			return os.Rename(file+".new", file)
		}, false},
	} {
		file := filepath.Join(t.TempDir(), "f")
		write(t, file, "abc")
		do(t, os.Chtimes(file, past, past))
		in := input{path: file}
		if _, err := in.read(now.Add(time.Hour), nil); err != nil { // long after it was written
			t.Fatal(err)
		}
		do(t, row.touch(file))
		if got := in.untouched(); got != row.want {
			t.Errorf("%s: untouched is %v", row.title, got)
		}
	}
	file := filepath.Join(t.TempDir(), "f")
	write(t, file, "abc")
	in := input{path: file}
	if _, err := in.read(time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	if in.untouched() || !in.same(time.Now(), &room{}) {
		t.Error("a file that was changed a moment before it was read is taken as known, or as another")
	}
}
