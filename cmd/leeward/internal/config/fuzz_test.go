package config

import (
	"strings"
	"testing"
)

// Whatever the file holds: it loads, or every line of the error says where.
func fuzz(f *testing.F, file string, parse parser, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{File: file, HostName: "ns1"}
		c, err := o.load(data, parse)
		if err == nil {
			if c.Network == nil || c.Node.Name == "" || len(c.DNS.Listen) == 0 {
				t.Fatalf("incomplete: %+v", c)
			}
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, file+":") {
				t.Fatalf("no place: %q", err)
			}
		}
	})
}

func FuzzYAML(f *testing.F) {
	fuzz(f, "l.yaml", parseYAML, full(f, ".yaml"), "zones: {directory: z}\n", "a: &a [*a]\n", "? [a]\n: b\n", "--- !!map\n<<: {}\n...\n---\n",
		"zones: {directory: z}\ncluster: {listen: '127.0.0.1:0'}\n", "zones: {directory: 0x1_0, files: [.nan, 2026-01-02, ~]}\n")
}

func FuzzTOML(f *testing.F) {
	fuzz(f, "l.toml", parseTOML, full(f, ".toml"), "zones.directory = 'z'\n", "[[colos]]\n[[colos.uplinks]]\n[colos.uplinks.x]\n",
		"a = [[{b = 1}], 1979-05-27T07:32:00Z, inf]\n", "\"a.b\".c = '''\nx'''\n")
}

func FuzzJSON(f *testing.F) {
	fuzz(f, "l.json", parseJSON, full(f, ".json"), `{"zones": {"directory": "z"}}`, `{"a": [1e400, -0, null, {}, "\ud83d"]}`, "{}\n{}")
}

func FuzzDomainName(f *testing.F) {
	for _, s := range []string{".", "example.com", `a\.b.example.`, `\255.example`, "0/25.2.0.192.in-addr.arpa"} {
		f.Add(s)
	}
	kind := domainName()
	f.Fuzz(func(t *testing.T, text string) {
		name, err := kind.parse(text)
		if err != nil {
			return
		}
		again, err := kind.parse(name)
		if err != nil || again != name || !strings.HasSuffix(name.(string), ".") {
			t.Fatalf("%q is %q, and that is %q (%v)", text, name, again, err)
		}
	})
}
