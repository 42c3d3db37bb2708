package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// place is where a value was given: a line of the file, a variable or a flag.
type place struct {
	line int    // of the file, from 1; 0: the file as a whole
	name string // of the variable or flag; "": the file
}

// problem is an error and the key it is about.
type problem struct {
	place place
	path  string
	text  string
}

// report collects where the keys were given and what is wrong with them.
type report struct {
	file     string
	places   map[string]place // by the path of a key, such as colos[2].uplinks[0].prefixes
	problems []problem
	warnings []string
}

func newReport(file string) *report {
	return &report{file: file, places: map[string]place{}}
}

// bad reports what is wrong with a line of the file.
func (r *report) bad(line int, format string, args ...any) {
	r.problems = append(r.problems, problem{place: place{line: line}, text: fmt.Sprintf(format, args...)})
}

// badAt reports what is wrong with a key where it is not the one that was given last.
func (r *report) badAt(at place, path, text string) {
	r.problems = append(r.problems, problem{place: at, path: path, text: text})
}

// badKey reports what is wrong with the value of a key. The text begins with the key.
func (r *report) badKey(path, format string, args ...any) {
	r.badAt(r.placeOf(path), path, path+": "+fmt.Sprintf(format, args...))
}

func (r *report) warnKey(path, format string, args ...any) {
	r.warnings = append(r.warnings, r.where(r.placeOf(path))+path+": "+fmt.Sprintf(format, args...))
}

// given says whether the key was given, rather than left to its default.
func (r *report) given(path string) bool {
	_, ok := r.places[path]
	return ok
}

// give notes where a key was given. What was noted below it no longer holds.
func (r *report) give(path string, at place) {
	if r.given(path) {
		for p := range r.places {
			if below(p, path) {
				delete(r.places, p)
			}
		}
	}
	r.places[path] = at
}

// placeOf is where a key was given, else the nearest key above it.
func (r *report) placeOf(path string) place {
	for path != "" {
		if at, ok := r.places[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return place{}
}

// clean says that nothing was found wrong with the keys, all below them and the groups they stand in, so that a check
// may rely on their values.
func (r *report) clean(paths ...string) bool {
	return !slices.ContainsFunc(r.problems, func(p problem) bool {
		return slices.ContainsFunc(paths, func(path string) bool {
			return p.path == path || below(p.path, path) || below(path, p.path)
		})
	})
}

// below says whether a key lies below another.
func below(path, group string) bool {
	rest, ok := strings.CutPrefix(path, group)
	return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

// where is a place as the beginning of a sentence.
func (r *report) where(at place) string {
	switch {
	case at.name != "":
		return at.name + ": "
	case at.line > 0:
		return fmt.Sprintf("%s:%d: ", r.file, at.line)
	default:
		return r.file + ": "
	}
}

// err joins the problems: those of the file by line, then those of variables and flags as they were found.
func (r *report) err() error {
	slices.SortStableFunc(r.problems, func(a, b problem) int {
		if a.place.name != "" || b.place.name != "" {
			return cmp.Compare(min(len(a.place.name), 1), min(len(b.place.name), 1))
		}
		return cmp.Compare(a.place.line, b.place.line)
	})
	var errs []error
	for _, p := range r.problems {
		errs = append(errs, errors.New(r.where(p.place)+p.text))
	}
	return errors.Join(errs...)
}
