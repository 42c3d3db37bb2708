package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refusal is a configuration that must not load, and all that is said of it.
type refusal struct {
	name    string
	file    string // its name; "": leeward.yaml
	text    string
	environ []string
	flags   []string
	want    string // without the directory
}

func refuse(t *testing.T, table []refusal) {
	t.Helper()
	for _, tt := range table {
		t.Run(tt.name, func(t *testing.T) {
			if tt.file == "" {
				tt.file = "leeward.yaml"
			}
			_, dir, err := load(t, tt.file, tt.text, func(o *Options) { o.Environ, o.Flags = tt.environ, flagSet(t, tt.flags) })
			if err == nil {
				t.Fatal("loaded")
			}
			if got := strings.NewReplacer(dir+"/", "", dir, "DIR").Replace(err.Error()); got != strings.TrimSpace(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(tt.want))
			}
		})
	}
}

func TestRefuseFile(t *testing.T) {
	refuse(t, []refusal{
		{name: "suffix", file: "leeward.ini", want: `configuration leeward.ini: the name must end in .yaml, .toml or .json`},
		{name: "empty", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "only a comment", text: "# nothing\n", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "null document", text: "---\n", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "empty toml", file: "l.toml", text: "# nothing\n", want: `l.toml: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "empty json", file: "l.json", want: `l.json: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "list", text: "\n- a\n", want: `leeward.yaml:2: wants keys, got a list`},
		{name: "list json", file: "l.json", text: "[]", want: `l.json:1: wants keys, got a list`},
		{name: "latin-1", text: "zones:\n  directory: \"\xe9\"\n", want: `leeward.yaml:2: syntax: not UTF-8`},
		{name: "NUL", file: "l.toml", text: "a=1\nb\x00=2\n", want: `l.toml:2: syntax: control character 0x00`},
		{name: "yaml colon", text: "zones: {directory: z}\nnode: name: x\n", want: `leeward.yaml:2: syntax: mapping values are not allowed in this context`},
		{name: "yaml first line", text: "node: name: x\n", want: `leeward.yaml:1: syntax: mapping values are not allowed in this context`},
		{name: "yaml tab", text: "zones:\n\tdirectory: z\n", want: `leeward.yaml:2: syntax: found character that cannot start any token`},
		{name: "yaml open bracket", text: "zones: {directory: z}\ndns:\n  listen: [a, b\nlog: {}\n", want: `leeward.yaml:3: syntax: did not find expected ',' or ']'`},
		{name: "yaml indent", text: "zones:\n  directory: z\n serial: keep\n", want: `leeward.yaml:3: syntax: did not find expected key`},
		{name: "yaml quote", text: "zones:\n  directory: 'z\n", want: `leeward.yaml:2: syntax: found unexpected end of stream`},
		{name: "yaml alias", text: "zones: &z {directory: z}\nnode: *z\n", want: `
leeward.yaml:1: syntax: anchors and aliases are not supported: write the value out
leeward.yaml:2: syntax: anchors and aliases are not supported: write the value out
`},
		{name: "yaml unknown alias", text: "zones: {directory: z}\nnode: *y\n", want: `leeward.yaml:2: syntax: unknown anchor 'y' referenced`},
		{name: "yaml merge", text: "zones: {directory: z}\nlog:\n  <<: {level: info}\n", want: `leeward.yaml:3: syntax: merge keys are not supported: write the keys out`},
		{name: "yaml tag", text: "zones: {directory: !!str z}\nlog: !mine {level: info}\n", want: `
leeward.yaml:1: syntax: the tag !!str is not supported
leeward.yaml:2: syntax: the tag !mine is not supported
`},
		{name: "yaml documents", text: "zones: {directory: z}\n---\nnode: {}\n", want: `leeward.yaml:2: syntax: a second document`},
		{name: "yaml key", text: "zones: {directory: z}\n? [a]\n: b\n", want: `leeward.yaml:2: syntax: a key must be a plain word`},
		{name: "toml syntax", file: "l.toml", text: "[zones]\ndirectory = z\n", want: `l.toml:2: syntax: unexpected character U+007A 'z' at start of value`},
		{name: "toml duplicate", file: "l.toml", text: "[zones]\ndirectory = 'z'\nserial = 'keep'\ndirectory = 'y'\n", want: `l.toml:4: syntax: key directory is already defined`},
		{name: "toml table twice", file: "l.toml", text: "[zones]\ndirectory = 'z'\n[log]\n[zones]\n", want: `l.toml:4: syntax: table zones already exists`},
		{name: "json syntax", file: "l.json", text: "{\n\"zones\": {\n\"directory\": \"z\",\n}}\n", want: `l.json:4: syntax: invalid character '}' looking for beginning of object key string`},
		{name: "json is not yaml", file: "l.json", text: "zones: {directory: z}\n", want: `l.json:1: syntax: invalid character 'z' looking for beginning of value`},
		{name: "json ends", file: "l.json", text: "{\n\"zones\": {\n", want: `l.json:2: syntax: unexpected end of JSON input`},
		{name: "json and more", file: "l.json", text: "{}\n{}\n", want: `l.json:2: syntax: invalid character '{' after top-level value`},
		{name: "json duplicate", file: "l.json", text: "{\n\"zones\": {\"directory\": \"z\",\n\"directory\": \"y\"}}\n", want: `l.json:3: zones.directory: given again, after line 2`},
		{name: "yaml duplicate", text: "zones:\n  directory: z\n  serial: keep\n  directory: y\nzones: {}\n", want: `
leeward.yaml:4: zones.directory: given again, after line 2
leeward.yaml:5: zones: given again, after line 1
`},
	})
}

func TestRefuseMissingFile(t *testing.T) {
	_, err := Load(Options{File: "/nonexistent/leeward.yaml"})
	const want = "configuration /nonexistent/leeward.yaml: no such file (name another with --config)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	dir := filepath.Join(t.TempDir(), "dir.yaml")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = Load(Options{File: dir})
	if want := "configuration " + dir + ": is a directory"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
