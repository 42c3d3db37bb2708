package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// maxFile is the size in octets up to which a configuration is read: far above that of a thousand colos.
const maxFile = 16 << 20

// Options are where a configuration comes from.
type Options struct {
	File     string         // the configuration file, in YAML, TOML or JSON by its suffix
	Flags    *pflag.FlagSet // may have node-name and node-colo; nil: none
	Environ  []string       // in the form of os.Environ
	Ignore   []string       // names of LEEWARD_ variables that are no keys of the configuration
	HostName string         // the name of a node that is given none
	Version  string         // of the program, for the default of dns.version
}

// Load reads, merges and checks a configuration. A flag comes before the environment (LEEWARD_ and the key in
// capitals with dots as underscores; lists separated by commas), then the file, then the default. A variable below
// LEEWARD_CLUSTER_ makes a cluster as the key cluster does.
//
// A relative path, wherever it is given, is relative to the directory of the configuration file.
//
// The error joins all that was found, a sentence a line, each with file and line, variable or flag: those of the file
// in its order first.
func Load(o Options) (*Config, error) {
	parse, err := formatOf(o.File)
	if err != nil {
		return nil, err
	}
	data, err := read(o.File)
	if err != nil {
		return nil, err
	}
	return o.load(data, parse)
}

// load makes a configuration of the text of the file.
func (o Options) load(data []byte, parse parser) (*Config, error) {
	r := newReport(o.File)
	root := parseText(data, r.bad, parse)
	if err := r.err(); err != nil {
		return nil, err
	}
	l := layers{file: walker{r}.group(keys(), root, ""), env: environment(r, o), flags: flags(r, o.Flags)}
	c, err := l.merge(r)
	if err != nil {
		return nil, fmt.Errorf("configuration %s: %w", o.File, err)
	}
	checker{report: r, c: c, dir: filepath.Dir(o.File)}.check(o)
	if err := r.err(); err != nil {
		return nil, err
	}
	c.Warnings = r.warnings
	return c, nil
}

// formatOf chooses the parser.
//
//	suffix       format
//	.yaml, .yml  YAML
//	.toml        TOML
//	.json        JSON
//	other        refused
func formatOf(file string) (parser, error) {
	switch suffix := strings.ToLower(filepath.Ext(file)); suffix {
	case ".yaml", ".yml":
		return parseYAML, nil
	case ".toml":
		return parseTOML, nil
	case ".json":
		return parseJSON, nil
	default:
		return nil, fmt.Errorf("configuration %s: the name must end in .yaml, .toml or .json", file)
	}
}

func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("configuration %s: no such file (name another with --config)", file)
	}
	if err != nil {
		return nil, fmt.Errorf("configuration %s: %w", file, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("configuration %s: %w", file, cause(err))
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("configuration %s: larger than %d MiB", file, maxFile>>20)
	}
	return data, nil
}

// cause is an error of the file system without the path, which the caller has named already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
