package gdnsd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
)

// path reads "$include{ path }".
func (p *parser) path() (string, error) {
	p.text = strings.TrimPrefix(p.text, "$include{")
	p.blank()
	path, err := p.string()
	if err != nil {
		return "", err
	}
	p.blank()
	if !strings.HasPrefix(p.text, "}") {
		return "", p.at.Errorf("$include{%s: no } behind it", path)
	}
	p.text = p.text[1:]
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(p.at.File), path)
	}
	return path, nil
}

// include reads a file in the place of a value.
func (p *parser) include() (*value, error) {
	at := p.at
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	return p.open(at, path)
}

// open reads an included file.
func (p *parser) open(at migrate.Place, path string) (*value, error) {
	path = filepath.Clean(path)
	if slices.Contains(p.within, path) || len(p.within) > migrate.MaxNested {
		return nil, at.Errorf("$include{%s}: it includes itself", path)
	}
	if p.files == nil {
		return nil, at.Errorf("$include{%s}: no file can be included here", path)
	}
	text, err := p.files.Read(path)
	if err != nil {
		return nil, at.Errorf("$include{%s}: %w", path, err)
	}
	inner := &parser{files: p.files, text: text, at: migrate.Place{File: path, Line: 1},
		within: append(slices.Clip(p.within), path), depth: p.depth}
	return inner.file()
}

// merge takes the pairs of one or several files into a hash.
//
//	the path                        is read
//	names a directory               all files in it, if there are any
//	has *, ? or [                   all files that it matches, at least one
//	anything else                   the file
func (p *parser) merge(v *value) error {
	at := p.at
	path, err := p.path()
	if err != nil {
		return err
	}
	paths := []string{path}
	info, statErr := os.Stat(path)
	switch {
	case p.files == nil:
	case statErr == nil && info.IsDir():
		paths, _ = filepath.Glob(filepath.Join(escapeGlob(path), "*")) // the pattern is right
	case strings.ContainsAny(path, "*?["):
		if paths, err = filepath.Glob(path); err != nil || len(paths) == 0 {
			return at.Errorf("$include{%s}: no file is called so", path)
		}
	}
	for _, path := range paths {
		inner, err := p.open(at, path)
		if err != nil {
			return err
		}
		if err := inner.hash("$include{" + path + "}"); err != nil {
			return err
		}
		for _, pair := range inner.pairs {
			if err := v.add(pair); err != nil {
				return err
			}
		}
	}
	return nil
}

// escapeGlob makes a pattern of a path that matches just that.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}
