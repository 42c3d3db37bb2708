package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOrigins keeps zones whose names are no file names, beside each other.
func TestOrigins(t *testing.T) {
	d := Directory(t.TempDir())
	long := strings.Repeat(strings.Repeat(`\200`, 63)+".", 3)
	var want []string
	for _, row := range []struct{ origin, file string }{
		{".", "%root.kept"},
		{"Example.COM", "example.com.kept"},
		{"example.com.kept", "example.com.kept.kept"},
		{"0/25.2.0.192.in-addr.arpa", "0%2f25.2.0.192.in-addr.arpa.kept"},
		{`\.hidden`, "%2ehidden.kept"},
		{`\000\255%2f+.new`, "%00%ff%252f%2b.new.kept"},
		{`%root`, "%25root.kept"},
		{long + strings.Repeat("a", 61), ""},
		{long + strings.Repeat("b", 61), ""},
	} {
		origin := name(t, row.origin)
		do(t, d.Save(version(t, origin, 5)))
		wantKept(t, d, version(t, origin, 5))
		if got := fileName(origin); row.file != "" && got != row.file || len(got) > 250 {
			t.Errorf("%s is kept in %s, want %s", origin, got, row.file)
		}
		want = append(want, origin.Lower().String())
	}
	do(t, os.WriteFile(filepath.Join(string(d), "odd.kept"), []byte("odd"), 0o600), os.WriteFile(filepath.Join(string(d), "a.kept.new"), nil, 0o600))
	names, err := d.Names()
	if err == nil || !strings.Contains(err.Error(), "odd.kept: the file is broken") {
		t.Errorf("%v", err)
	}
	got := map[string]bool{}
	for _, n := range names {
		got[n.String()] = true
	}
	for _, n := range want {
		if !got[n] {
			t.Errorf("%s is not among the names", n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d names, want %d", len(got), len(want))
	}
	// what another zone has written is not taken for this one
	do(t, os.Rename(d.path(name(t, "example.com")), d.path(name(t, "example.org"))))
	if _, err := d.Load(name(t, "example.org"), nil); err == nil || !strings.Contains(err.Error(), "it is not of this zone") {
		t.Errorf("%v", err)
	}
}
