package service

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"leeward/steering/geo"
)

// The steps are what is done to a nets file, how old it is then said to be, at what time it is looked at, and whether it is read.
func TestMapWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nets.txt")
	r := &recipe{files: [geo.Sources]string{geo.FromNets: file}}
	start := time.Now().Truncate(time.Second)
	write := func(text string, at time.Duration) func() {
		return func() {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, start, start.Add(at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const s, ms = time.Second, time.Millisecond
	nothing := func() {}
	var w mapWatch
	for _, step := range []struct {
		what string
		do   func()
		at   time.Duration
		read bool
	}{
		{"there is none", nothing, 0, false},
		{"an old one is there", write("a", -9*s), 500 * ms, false},
		{"and quiet", nothing, 1000 * ms, true},
		{"it stays", nothing, 1500 * ms, false},
		{"long", nothing, 9 * s, false},
		{"it is written", write("ab", 9*s), 9500 * ms, false},
		{"and on", write("abc", 9900*ms), 10 * s, false},
		{"and on", write("abcd", 10400*ms), 10500 * ms, false},
		{"it is quiet, and young", nothing, 11 * s, true},
		{"still young", nothing, 11500 * ms, false},
		{"", nothing, 12900 * ms, false},
		{"no longer", nothing, 13 * s, true},
		{"known for good", nothing, 13500 * ms, false},
		{"", nothing, 20 * s, false},
		{"another of the same size", write("dcba", 20*s), 21 * s, false},
		{"", nothing, 24 * s, true},
		{"gone", func() { _ = os.Remove(file) }, 25 * s, false},
		{"and so it stays", nothing, 25500 * ms, true},
		{"", nothing, 26 * s, false},
	} {
		step.do()
		if read := w.due(lookAt(r), start.Add(step.at)); read != step.read {
			t.Errorf("%s, at %s: read %t", step.what, step.at, read)
		}
	}
	other := filepath.Join(t.TempDir(), "other.txt")
	if err := os.WriteFile(other, []byte("dcba"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("dcba", 20*s)()
	before := lookAt(r)
	if err := os.Chtimes(other, start, start.Add(20*s)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, file); err != nil {
		t.Fatal(err)
	}
	if after := lookAt(r); after.same(&before) {
		t.Error("a file of the same size and time in the place of another is not seen")
	}
}
