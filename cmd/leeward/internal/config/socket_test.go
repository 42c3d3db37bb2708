package config

import (
	"os"
	"path/filepath"
	"testing"
)

// The socket is found in a file that is wrong in other places, and not in one that is no configuration.
func TestSocket(t *testing.T) {
	for _, row := range []struct {
		text, want string // beside the file; "" for none
	}{
		{"admin: {socket: run/leeward.sock}\nchek: {}\n", "run/leeward.sock"},
		{"admin: {sokcet: x}\n", "/run/leeward/leeward.sock"},
		{"admin: {socket: /tmp/x.sock}\n", "/tmp/x.sock"},
		{"admin: {", ""},
	} {
		file := filepath.Join(t.TempDir(), "leeward.yaml")
		if err := os.WriteFile(file, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := row.want
		if want != "" && !filepath.IsAbs(want) {
			want = filepath.Join(filepath.Dir(file), want)
		}
		if got, ok := Socket(file); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", row.text, got, ok)
		}
	}
}
