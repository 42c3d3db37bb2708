package zones

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// suffix is how the name of a zone file ends; before it stands the name of the zone.
const suffix = ".zone"

// found is a zone file that is there, or a fault in its place.
type found struct {
	id   id
	file string
	err  error
}

// id tells the things apart that have a status: a zone by its origin, a file or directory that names no zone by its
// path.
type id struct {
	origin Name // in lower case
	path   string
}

// look lists the zone files that there are, in order of their origins, with two for one origin made into a fault. A
// listed file that is not there is a fault as well, unless its zone is known: then it is gone. The caller must not change the
// list. Whoever asks for it has the directory read anew, whatever it looks like.
func (s *Store) look(anew bool, known func(id) bool) (files []found, dirErr error) {
	if s.config.Directory != "" {
		files, dirErr = s.listed.list(s.config.Directory, s.config.Now(), anew)
	}
	if len(s.config.Files) == 0 {
		return files, dirErr
	}
	files = slices.Clone(files)
	for _, f := range s.config.Files {
		zone := id{origin: f.Origin.Lower()}
		if gone(f.File) && known(zone) {
			continue
		}
		files = append(files, found{id: zone, file: f.File})
	}
	return once(files), dirErr
}

// once puts the files in order of their origins, and makes two for one origin into a fault.
func once(files []found) []found {
	slices.SortStableFunc(files, inTurn)
	once := files[:0]
	for _, f := range files {
		last := len(once) - 1
		if last < 0 || once[last].id != f.id {
			once = append(once, f)
			continue
		}
		once[last].err = fmt.Errorf("zone %s: two files for it, %s and %s", f.id.origin.Bare(), once[last].file, f.file)
	}
	return once
}

func inTurn(a, b found) int { return a.id.compare(b.id) }

func (a id) compare(b id) int {
	return cmp.Or(cmp.Compare(a.origin, b.origin), cmp.Compare(a.path, b.path))
}

// among says whether one of these files, in order, is of this id.
func (a id) among(files []found) bool {
	_, there := slices.BinarySearchFunc(files, a, func(f found, a id) int { return f.id.compare(a) })
	return there
}

// listed is what a directory had when it was listed: with very many zones listing them is most of the work of a look at all
// files, and a directory that looks as it did has the same ones.
type listed struct {
	look  Look
	at    time.Time
	files []found // all of plain files
}

// list is the zone files of a directory, as of once: anew, or as they were if it looks as it did. The caller must not change
// the list.
func (l *listed) list(directory string, at time.Time, anew bool) ([]found, error) {
	now := LookAt(directory)
	if !anew && l.look != (Look{}) && now == l.look && now.Old(l.at) {
		return l.files, nil
	}
	*l = listed{}
	files, plain, err := list(directory)
	files = once(files)
	if err == nil && plain {
		*l = listed{now, at, files}
	}
	return files, err
}

// list reads which zone files a directory has, and says whether all are plain files. Anything but NAME.zone is passed over:
// other files, hidden ones, what editors leave for a moment (all of which end otherwise or begin with a dot), and directories.
func list(directory string) (files []found, plain bool, err error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, false, fmt.Errorf("zones.directory %s: %w", directory, bare(err))
	}
	plain = true
	for _, e := range entries {
		text, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok || text == "" || strings.ContainsAny(text[:1], ".#") || e.IsDir() {
			continue
		}
		file := filepath.Join(directory, e.Name())
		if !e.Type().IsRegular() { // a link, which may lead to a directory
			plain = false
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				continue
			}
		}
		origin, err := ParseName(text)
		if err != nil {
			files = append(files, found{id{path: file}, file, fmt.Errorf("%s: no name of a zone: %w", file, err)})
			continue
		}
		files = append(files, found{id: id{origin: origin.Lower()}, file: file})
	}
	return files, plain, nil
}
