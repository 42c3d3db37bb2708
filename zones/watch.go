package zones

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Run follows edits until the context ends, and then returns nil. It calls changed, from its own goroutine, after each
// pass that changed what is served or what is known of it.
//
// It watches directories rather than files, so that it sees a file that is put in the place of another and a symbolic
// link that is turned elsewhere. Where there are no events, it looks at all files every Rescan.
func (s *Store) Run(ctx context.Context, changed func()) error {
	w := s.watch()
	defer w.close()
	rescan := time.NewTicker(s.config.Rescan)
	defer rescan.Stop()
	quiet := time.NewTimer(0) // at once: the files may have changed since Load
	defer quiet.Stop()
	var first time.Time // event that no pass has followed yet
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-w.events():
			if !w.concerns(event.Name) {
				continue
			}
			if first.IsZero() {
				first = time.Now()
			}
			quiet.Reset(min(s.config.Quiesce, max(0, s.config.Patience-time.Since(first))))
			continue
		case err := <-w.errors():
			s.config.Log.Warn("watching the zone files", "error", err) // events were lost: look at everything
		case <-s.urgent.again:
		case <-quiet.C:
		case <-rescan.C:
		}
		first = time.Time{}
		w.follow(s.directories())
		outcomes := s.pass(ctx, pass{})
		if w.follow(s.directories()) {
			quiet.Reset(s.config.Quiesce) // a directory unwatched until now: what happened in it meanwhile was not seen
		}
		for _, o := range outcomes {
			s.log(o)
		}
		if len(outcomes) > 0 {
			changed()
		}
	}
}

// log tells of what a pass found that nobody asked for.
func (s *Store) log(o Outcome) {
	s.logFaults(o)
	if o.Err == nil {
		s.logChange(o)
	}
}

// logChange tells of a version that went into service.
func (s *Store) logChange(o Outcome) {
	attrs := []any{"serial", o.Serial, "records", o.Records}
	if o.Touched > 0 {
		attrs = append(attrs, "changed", o.Touched)
	}
	if len(o.Names) > 0 {
		attrs = append(attrs, "names", strings.Join(o.Names, ", "))
	}
	s.config.Log.Info(fmt.Sprintf("zone %s: %s", o.Origin.Bare(), o.Action), attrs...)
}

// logFaults tells of an outcome's errors and warnings.
func (s *Store) logFaults(o Outcome) {
	if o.Origin == "" && o.Err != nil { // a file or directory that names no zone
		s.config.Log.Error(o.Err.Error())
		return
	}
	for _, w := range o.Warnings {
		s.config.Log.Warn(w.String(), "zone", o.Origin.Bare())
	}
	switch {
	case o.Err == nil:
	case o.Action == Dropped:
		s.config.Log.Warn(o.Err.Error()+": no longer served", "zone", o.Origin.Bare())
	case o.Serial == 0 && o.Records == 0:
		s.config.Log.Error(o.Err.Error(), "zone", o.Origin.Bare(), "serving", "nothing")
	default:
		s.config.Log.Error(o.Err.Error(), "zone", o.Origin.Bare(), "serving", o.Serial)
	}
}

// directories are all that hold something a zone depends on, by their real paths, each with the one name in it that
// matters, or "" where all do: the directory of zone files, the place of that directory itself (it may be put there
// later), the directories of the files, and those that hold a symbolic link on the way to any of them.
func (s *Store) directories() map[string]string {
	s.passing.Lock()
	defer s.passing.Unlock()
	all, seen := map[string]string{}, map[string]bool{}
	watch := func(dir, name string) {
		if before, ok := all[dir]; ok && before != name {
			name = ""
		}
		all[dir] = name
	}
	trace := func(path string) (real string) {
		found, real := symlinks(path)
		for _, l := range found {
			watch(l.dir, l.name)
		}
		return real
	}
	if d := s.config.Directory; d != "" {
		watch(trace(filepath.Dir(filepath.Clean(d))), filepath.Base(d))
		watch(trace(d), "")
	}
	file := func(path string) {
		if dir := filepath.Dir(path); !seen[dir] {
			seen[dir] = true
			watch(trace(dir), "")
		}
		if isLink(path) {
			watch(filepath.Dir(trace(path)), "")
		}
	}
	for _, f := range s.config.Files {
		file(f.File)
	}
	for _, st := range s.states {
		for _, in := range st.inputs {
			file(in.path)
		}
	}
	return all
}

// watcher is a file system watcher, or none where there is none to be had.
type watcher struct {
	*fsnotify.Watcher
	log  *slog.Logger
	only map[string]string // as of directories
}

func (s *Store) watch() *watcher {
	w := &watcher{log: s.config.Log}
	if s.config.blind {
		return w
	}
	var err error
	if w.Watcher, err = fsnotify.NewWatcher(); err != nil {
		w.Watcher = nil
		w.log.Warn("no events from the file system: edits of zones are seen by looking", "error", err, "every", s.config.Rescan)
	}
	return w
}

func (w *watcher) events() <-chan fsnotify.Event {
	if w.Watcher == nil {
		return nil
	}
	return w.Events
}

func (w *watcher) errors() <-chan error {
	if w.Watcher == nil {
		return nil
	}
	return w.Errors
}

func (w *watcher) close() {
	if w.Watcher != nil {
		_ = w.Close() // nothing was written
	}
}

// concerns says whether what happened to this path may have changed a zone.
func (w *watcher) concerns(path string) bool {
	only := w.only[filepath.Dir(path)]
	return only == "" || only == filepath.Base(path)
}

// follow watches these directories and no others, and says whether there are new ones. One that cannot be watched is
// tried again with the next pass.
func (w *watcher) follow(directories map[string]string) (added bool) {
	w.only = directories
	if w.Watcher == nil {
		return false
	}
	watched := w.WatchList()
	for _, d := range watched {
		if _, wanted := directories[d]; !wanted {
			_ = w.Remove(d) // gone by itself, or no longer wanted
		}
	}
	for d := range directories {
		if slices.Contains(watched, d) {
			continue
		}
		if err := w.Add(d); err != nil {
			w.log.Debug("a directory that cannot be watched", "directory", d, "error", err)
			continue
		}
		added = true
	}
	return added
}
