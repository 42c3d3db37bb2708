package zones

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZonesWithoutFiles(t *testing.T) {
	for _, row := range []struct {
		title   string
		zones   int
		break_  func(dir string) []error
		force   bool
		want    []string
		serving int
	}{
		{"the only one", 1, remove(1), false, []string{
			"failed 0 zones.directory DIR: no zone files (NAME.zone)",
			"a. dropped 0 zone a: DIR/a.zone is gone"}, 0},
		{"one of two", 2, remove(1), false, []string{
			"a. dropped 0 zone a: DIR/a.zone is gone", "b. unchanged 7"}, 1},
		{"two of three", 3, remove(2), false, []string{
			"a. kept 7 zone a: DIR/a.zone is gone, as are 2 of 3 zone files: the version in service stays (reload with --force to drop them)",
			"b. kept 7 zone b: DIR/b.zone is gone, as are 2 of 3 zone files: the version in service stays (reload with --force to drop them)",
			"c. unchanged 7"}, 3},
		{"two of three, with force", 3, remove(2), true, []string{
			"a. dropped 0 zone a: DIR/a.zone is gone",
			"b. dropped 0 zone b: DIR/b.zone is gone",
			"c. unchanged 7"}, 1},
		{"the directory", 1, func(dir string) []error { return []error{os.RemoveAll(dir)} }, false, []string{
			"failed 0 zones.directory DIR: no such file or directory",
			"a. kept 7 zone a: DIR/a.zone is gone, because its directory cannot be read: the version in service stays"}, 1},
		{"the directory, with force", 1, func(dir string) []error { return []error{os.RemoveAll(dir)} }, true, []string{
			"failed 0 zones.directory DIR: no such file or directory",
			"a. dropped 0 zone a: DIR/a.zone is gone"}, 0},
		{"the directory became something else, with force", 1, func(dir string) []error {
			return []error{os.RemoveAll(dir), os.WriteFile(dir, nil, 0o666)}
		}, true, []string{
			"failed 0 zones.directory DIR: not a directory",
			"a. kept 7 zone a: DIR/a.zone is gone, because its directory cannot be read: the version in service stays"}, 1},
	} {
		t.Run(row.title, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "zones")
			do(t, os.Mkdir(dir, 0o777))
			for _, origin := range []string{"a", "b", "c"}[:row.zones] {
				write(t, filepath.Join(dir, origin+".zone"), zoneText(7, 1))
			}
			store := NewStore(Config{Directory: dir})
			store.Load(false)
			do(t, row.break_(dir)...)
			outcomes := store.Load(row.force)
			for i := range outcomes {
				if outcomes[i].Err != nil {
					outcomes[i].Err = fmt.Errorf("%s", strings.ReplaceAll(outcomes[i].Err.Error(), "fdopendir", "open"))
				}
			}
			wantOutcomes(t, outcomes, dir, row.want...)
			if got := len(store.Set().All()); got != row.serving {
				t.Errorf("%d zones in service, want %d", got, row.serving)
			}
		})
	}
}

// TestDirectoryGoneInTheLog wants nobody to read that nothing is served when all is.
func TestDirectoryGoneInTheLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "zones")
	do(t, os.Mkdir(dir, 0o777))
	write(t, filepath.Join(dir, "a.zone"), zoneText(7, 1))
	var log bytes.Buffer
	store := NewStore(Config{Directory: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
	store.Load(false)
	do(t, os.RemoveAll(dir))
	store.Load(false)
	if text := log.String(); strings.Contains(text, "serving=nothing") || !strings.Contains(text, "zones.directory") || !strings.Contains(text, "serving=7") {
		t.Errorf("%s", text)
	}
}

// remove removes the files of the first zones.
func remove(count int) func(dir string) []error {
	return func(dir string) (errs []error) {
		for _, origin := range []string{"a", "b", "c"}[:count] {
			errs = append(errs, os.Remove(filepath.Join(dir, origin+".zone")))
		}
		return errs
	}
}
