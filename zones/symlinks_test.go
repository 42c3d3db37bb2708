package zones

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSymbolicLinks does as Kubernetes does with a ConfigMap: files are links through a link that is turned.
func TestSymbolicLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(file string) string { return filepath.Join(dir, file) }
	version := func(n int) {
		v := fmt.Sprintf("..version%d", n)
		do(t, os.Mkdir(at(v), 0o777))
		write(t, at(v+"/a.zone"), zoneText(n, n))
		do(t, os.Symlink(v, at("..data_tmp")), os.Rename(at("..data_tmp"), at("..data")))
	}
	version(1)
	do(t, os.Symlink("..data/a.zone", at("a.zone")))
	w := watch(t, Config{Directory: dir, Rescan: time.Hour})
	w.await("a", 1, "")
	version(2)
	w.await("a", 2, "")
	write(t, at("..version2/a.zone"), zoneText(3, 3)) // in the directory that the link leads to now
	w.await("a", 3, "")
	do(t, os.RemoveAll(at("..version1")))
	version(4)
	w.await("a", 4, "")
}

func TestTheDirectoryIsReplaced(t *testing.T) {
	parent := t.TempDir()
	at := func(file string) string { return filepath.Join(parent, file) }
	for n := 1; n <= 3; n++ {
		do(t, os.Mkdir(at(fmt.Sprint(n)), 0o777))
		write(t, at(fmt.Sprint(n, "/a.zone")), zoneText(n, n))
	}
	do(t, os.Symlink("1", at("zones")))
	w := watch(t, Config{Directory: at("zones"), Rescan: time.Hour})
	w.await("a", 1, "")
	do(t, os.Symlink("2", at("link")), os.Rename(at("link"), at("zones")))
	w.await("a", 2, "")
	write(t, at("2/a.zone"), zoneText(3, 5))
	w.await("a", 5, "")

	// now a real directory, put in the place of another
	do(t, os.Remove(at("zones")))
	w.await("a", 5, "cannot be read")
	do(t, os.Rename(at("3"), at("zones")))
	w.await("a", 3, "")
	do(t, os.Rename(at("zones"), at("old")), os.Mkdir(at("zones"), 0o777))
	write(t, at("zones/a.zone"), zoneText(9, 9))
	w.await("a", 9, "")
}

// A link above the directory is turned, as releases are put in the place of one another; and one that a zone file leads
// through.
func TestALinkOnTheWayIsTurned(t *testing.T) {
	parent := t.TempDir()
	at := func(file string) string { return filepath.Join(parent, file) }
	for n := 1; n <= 2; n++ {
		do(t, os.MkdirAll(at(fmt.Sprint("releases/", n, "/zones")), 0o777))
		write(t, at(fmt.Sprint("releases/", n, "/zones/a.zone")), zoneText(n, n))
	}
	turn := func(n int) {
		do(t, os.Symlink(fmt.Sprint("releases/", n), at("link")), os.Rename(at("link"), at("current")))
	}
	turn(1)
	do(t, os.Mkdir(at("own"), 0o777), os.Symlink("../current/zones/a.zone", at("own/a.zone")))
	above := watch(t, Config{Directory: at("current/zones"), Rescan: time.Hour})
	through := watch(t, Config{Directory: at("own"), Rescan: time.Hour})
	above.await("a", 1, "")
	through.await("a", 1, "")
	turn(2)
	above.await("a", 2, "")
	through.await("a", 2, "")
}
