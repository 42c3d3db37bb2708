package zones

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// watched is a store that follows a directory.
type watched struct {
	*Store
	t       *testing.T
	dir     string
	changed chan struct{}
}

// watch loads a directory and follows it until the test ends.
func watch(t *testing.T, config Config) *watched {
	t.Helper()
	config.Quiesce, config.Patience = 10*time.Millisecond, 50*time.Millisecond
	w := &watched{Store: NewStore(config), t: t, dir: config.Directory, changed: make(chan struct{}, 1)}
	w.Load(false)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		done <- w.Run(ctx, func() {
			select {
			case w.changed <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return w
}

// await waits until a zone has this www and an error with this text ("" is none).
func (w *watched) await(origin string, octet int, fault string) {
	w.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if got, is := www(w.t, w.Set(), origin), w.fault(origin); got == octet && (fault == "") == (is == "") && strings.Contains(is, fault) {
			return
		}
		select {
		case <-w.changed:
		case <-deadline:
			w.t.Fatalf("%s: www %d with error %q, want %d with %q", origin, www(w.t, w.Set(), origin), w.fault(origin), octet, fault)
		}
	}
}

func (w *watched) fault(origin string) string {
	for s := range w.Status() {
		if s.Origin == name(w.t, origin) {
			return s.Error
		}
	}
	return ""
}

// TestEdits is the contract's table of edits, done as editors, scripts and orchestrators do them.
func TestEdits(t *testing.T) {
	dir := t.TempDir()
	at := func(file string) string { return filepath.Join(dir, file) }
	write(t, at("a.zone"), zoneText(1, 1))
	write(t, at("b.zone"), zoneText(1, 1))
	w := watch(t, Config{Directory: dir, Rescan: time.Hour})
	w.await("a", 1, "")

	// in place: truncated and written
	write(t, at("a.zone"), zoneText(2, 2))
	w.await("a", 2, "")

	// as vim does: the old one renamed away, a probe file, the new one written
	write(t, at("4913"), "")
	do(t, os.Remove(at("4913")), os.Rename(at("a.zone"), at("a.zone~")))
	write(t, at("a.zone"), zoneText(3, 3))
	do(t, os.Remove(at("a.zone~")))
	w.await("a", 3, "")

	// atomic: written beside it and renamed over it
	write(t, at("a.zone.tmp"), zoneText(4, 4))
	do(t, os.Rename(at("a.zone.tmp"), at("a.zone")))
	w.await("a", 4, "")

	// broken: the version in service stays; then mended
	write(t, at("a.zone"), zoneText(5, 5)+"www CNAME x\n")
	w.await("a", 4, "CNAME beside other data")
	write(t, at("a.zone"), zoneText(5, 5))
	w.await("a", 5, "")

	// the same size, the same serial
	write(t, at("a.zone"), zoneText(5, 6))
	w.await("a", 6, "")

	// a file goes: served on; it comes back
	do(t, os.Remove(at("a.zone")))
	w.await("a", 6, "is gone")
	write(t, at("a.zone"), zoneText(6, 9))
	w.await("a", 9, "")

	// it goes for good: dropped by the explicit reload only
	do(t, os.Remove(at("a.zone")))
	w.await("a", 9, "is gone")
	if got := told(w.Load(false), dir); got[0] != "a. dropped 0 zone a: DIR/a.zone is gone" {
		t.Errorf("%q", got)
	}
	w.await("a", 0, "")
}

func TestIncludedFilesAreWatched(t *testing.T) {
	dir := t.TempDir()
	at := func(file string) string { return filepath.Join(dir, file) }
	includes := strings.ReplaceAll(zoneText(1, 0), "www A 192.0.2.0", "$INCLUDE inc")
	write(t, at("inc"), "www 60 A 192.0.2.1\n")
	write(t, at("i.zone"), includes)
	w := watch(t, Config{Directory: dir, Rescan: time.Hour})
	w.await("i", 1, "")

	// an included file changes, breaks, goes and comes back
	write(t, at("inc"), "www 60 A 192.0.2.2\n")
	w.await("i", 2, "")
	write(t, at("inc"), "www 60 A nonsense\n")
	w.await("i", 2, "inc:1")
	do(t, os.Remove(at("inc")))
	w.await("i", 2, "no such file")
	write(t, at("inc"), "www 60 A 192.0.2.3\n")
	w.await("i", 3, "")

	// a new zone, also with a directory of its own for what it includes
	do(t, os.Mkdir(at("sub"), 0o777))
	write(t, at("sub/inc"), "www 60 A 192.0.2.7\n")
	write(t, at("new.zone"), strings.ReplaceAll(includes, "inc", "sub/inc"))
	w.await("new", 7, "")
	write(t, at("sub/inc"), "www 60 A 192.0.2.8\n")
	w.await("new", 8, "")
}

func TestManyGoneAreServedOn(t *testing.T) {
	dir := t.TempDir()
	for n, origin := range []string{"a", "b", "c"} {
		write(t, filepath.Join(dir, origin+".zone"), zoneText(1, n+1))
	}
	w := watch(t, Config{Directory: dir, Rescan: time.Hour})
	do(t, remove(2)(dir)...)
	w.await("a", 1, "is gone")
	w.await("b", 2, "is gone")
	w.Load(false)
	w.await("a", 1, "2 of 3 zone files")
	w.Load(true)
	w.await("a", 0, "")
	w.await("b", 0, "")
	w.await("c", 3, "")
}

func TestListedFilesAreWatched(t *testing.T) {
	file := filepath.Join(t.TempDir(), "db")
	write(t, file, zoneText(1, 1))
	w := watch(t, Config{Files: []File{{name(t, "0/25.arpa"), file}}, Rescan: time.Hour})
	w.await("0/25.arpa", 1, "")
	write(t, file, zoneText(2, 2))
	w.await("0/25.arpa", 2, "")
}

// TestRescan edits where the file system tells nothing.
func TestRescan(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.zone")
	write(t, file, zoneText(1, 1))
	w := watch(t, Config{Directory: dir, Rescan: 5 * time.Millisecond, blind: true})
	w.await("a", 1, "")
	write(t, file, zoneText(1, 2))
	w.await("a", 2, "")
	past := time.Now().Add(-time.Hour) // old enough for its time of change to be trusted
	do(t, os.Chtimes(file, past, past))
	write(t, file+".tmp", zoneText(1, 3))
	do(t, os.Chtimes(file+".tmp", past, past), os.Rename(file+".tmp", file)) // the same size and time: another file
	w.await("a", 3, "")
}

// TestReadersDuringLoads wants whole versions, whatever happens at the same time.
func TestReadersDuringLoads(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.zone"), zoneText(1, 1))
	w := watch(t, Config{Directory: dir, Rescan: time.Millisecond})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 2; n < 50; n++ {
			_ = os.WriteFile(filepath.Join(dir, "tmp"), []byte(zoneText(n, n)), 0o666)
			_ = os.Rename(filepath.Join(dir, "tmp"), filepath.Join(dir, "a.zone"))
			w.Load(n%2 == 0)
			w.Resteer(nil)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		zone := w.Set().Zone(name(t, "a"))
		if got := www(t, NewSet(zone), "a"); uint32(got) != zone.Serial() || slices.Collect(w.Status())[0].Error != "" {
			t.Fatalf("www %d in serial %d, error %q", got, zone.Serial(), slices.Collect(w.Status())[0].Error)
		}
	}
}
