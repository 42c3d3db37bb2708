package service

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"leeward/steering/geo"
	"leeward/zones"
)

// watched is a file that is watched, with what is done to it. Its times are as the test says.
type watched struct {
	t     *testing.T
	file  string
	start time.Time
}

func (w watched) write(text string, at time.Duration) {
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Chtimes(w.file, w.start, w.start.Add(at)); err != nil {
		w.t.Fatal(err)
	}
}

// seen does something until the file looks otherwise: the file system's clock is coarse.
func (w watched) seen(do func()) {
	before := zones.LookAt(w.file)
	until(w.t, "the file looks otherwise", func() bool {
		do()
		return zones.LookAt(w.file) != before
	})
}

// The steps are what is done to a nets file, at what time it is looked at, what was said of it when it was last read, and
// whether it is read.
func TestMapWatch(t *testing.T) {
	start := time.Now()
	f := watched{t, filepath.Join(t.TempDir(), "nets.txt"), start}
	write := func(text string, at time.Duration) func() { return func() { f.write(text, at) } }
	const s, ms = time.Second, time.Millisecond
	nothing := func() {}
	unread := fmt.Errorf("steering.geo.nets: %w", &os.PathError{Op: "open", Path: f.file, Err: fs.ErrPermission})
	typo := fmt.Errorf("%s: line 1: no colo is called amz", f.file)
	var w mapWatch
	for _, step := range []struct {
		what  string
		do    func()
		at    time.Duration
		fault error
		read  bool
	}{
		{"there is none", nothing, 0, unread, true},
		{"none yet", nothing, 29 * s, unread, false},
		{"and after 30 s", nothing, 30 * s, unread, true},
		{"an old one is there", write("a", -9*s), 30500 * ms, unread, false},
		{"and quiet", nothing, 31 * s, unread, true},
		{"it stays", nothing, 31500 * ms, nil, false},
		{"long", nothing, 90 * s, nil, false},
		{"it is written", write("ab", 100*s), 100500 * ms, nil, false},
		{"and on", write("abc", 100900*ms), 101 * s, nil, false},
		{"and on, for a second", write("abcd", 101400*ms), 101500 * ms, nil, true},
		{"and on, for a second more", write("abcde", 101900*ms), 102 * s, nil, false},
		{"it is quiet, and young", nothing, 102500 * ms, nil, true},
		{"still young", nothing, 103 * s, nil, false},
		{"", nothing, 103800 * ms, nil, false},
		{"no longer", nothing, 104 * s, nil, true},
		{"known for good", nothing, 104500 * ms, nil, false},
		{"with an error in it, too", nothing, 200 * s, typo, false},
		{"another of the same size", write("edcba", 200*s), 201 * s, nil, false},
		{"", nothing, 204 * s, nil, true},
		{"another of the same size and time", func() { f.seen(write("aaaaa", 200*s)) }, 205 * s, nil, false},
		{"", nothing, 205500 * ms, nil, true},
		{"no longer to be read", func() { f.seen(func() { _ = os.Chmod(f.file, 0) }) }, 206 * s, nil, false},
		{"", nothing, 206500 * ms, nil, true},
		{"not yet again", nothing, 236 * s, unread, false},
		{"after 30 s", nothing, 236500 * ms, unread, true},
		{"to be read again", func() { f.seen(func() { _ = os.Chmod(f.file, 0o600) }) }, 237 * s, unread, false},
		{"", nothing, 237500 * ms, unread, true},
		{"for good", nothing, 300 * s, nil, false},
		{"changed in the future, it says", write("aaaaa", 900*s), 301 * s, nil, false},
		{"", nothing, 301500 * ms, nil, true},
		{"that proves nothing", nothing, 331 * s, nil, false},
		{"so that it is read now and then", nothing, 331500 * ms, nil, true},
		{"gone", func() { _ = os.Remove(f.file) }, 340 * s, nil, false},
		{"and so it stays", nothing, 340500 * ms, nil, true},
		{"", nothing, 341 * s, unread, false},
	} {
		step.do()
		a := &atlas{recipe: recipe{files: [geo.Sources]string{geo.FromNets: f.file}}, faults: [geo.Sources]error{geo.FromNets: step.fault}}
		if read := w.due(a, start.Add(step.at)); read != step.read {
			t.Errorf("%s, at %s: read %t", step.what, step.at, read)
		}
	}
}

// A latency table that is written on and on holds up no edit of the nets file, nor for long its own.
func TestMapWatchOfEachFile(t *testing.T) {
	start := time.Now()
	nets, table := watched{t, filepath.Join(t.TempDir(), "nets.txt"), start}, watched{t, filepath.Join(t.TempDir(), "latency.txt"), start}
	a := &atlas{recipe: recipe{files: [geo.Sources]string{geo.FromNets: nets.file, geo.FromLatency: table.file}}}
	nets.write("a", -9*time.Second)
	var w mapWatch
	read := ""
	for i := range 12 {
		now := time.Duration(i) * mapRescan
		if i == 6 {
			nets.write("ab", -9*time.Second)
		}
		table.write(fmt.Sprintf("%0*d", i+1, 0), now)
		w.due(a, start.Add(now))
		for of := range w {
			if w[of].at.Equal(start.Add(now)) {
				read += fmt.Sprintf("%s at %s\n", keyOf(geo.Source(of)), now)
			}
		}
	}
	want := "nets at 500ms\nlatency at 1s\nnets at 2.5s\nlatency at 2.5s\nnets at 3.5s\nlatency at 4s\nlatency at 5.5s\n"
	if read != want { // at 2.5 s because it was young, by the system's time
		t.Errorf("read:\n%swant:\n%s", read, want)
	}
}
