package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"leeward/zones/journal"
)

// TestKeptCutShort restarts, while no primary answers, on what is on disk cut at many places: an earlier version is
// served, or none, and the present one when a primary is back. Nothing else is.
func TestKeptCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		dir := t.TempDir()
		w.keeper = journal.Directory(dir)
		const last = 20
		w.put(small(t, 1, "www A 192.0.2.1"))
		w.start(example(t))
		for serial := 2; serial <= last; serial++ {
			synctest.Wait()
			w.put(small(t, serial, fmt.Sprintf("www A 192.0.2.%d; mail A 192.0.2.%[1]d", serial)))
			if err := w.Refresh(name(t, "example.com"), false); err != nil {
				t.Fatal(err)
			}
		}
		w.want(fmt.Sprintf("example.com %d", last))
		w.stop()
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		whole, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		possible := []string{"example.com: never transferred yet"}
		for serial := 1; serial <= last; serial++ {
			possible = append(possible, fmt.Sprintf("example.com %d", serial))
		}
		seen := map[string]bool{}
		for cut := 0; cut <= len(whole); cut += 1 + len(whole)/100 {
			if err := os.WriteFile(files[0], whole[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			w.die(true)
			w.start(example(t))
			synctest.Wait()
			got := w.served()
			seen[got] = true
			if !slices.Contains(possible, got) {
				t.Errorf("cut at %d of %d: served: %s", cut, len(whole), got)
			}
			w.die(false)
			time.Sleep(time.Hour)
			w.want(fmt.Sprintf("example.com %d", last))
			w.stop()
		}
		if len(seen) < 3 {
			t.Errorf("the cuts led to no more than %v", seen)
		}
	})
}
