package admin

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// tool finds a program, or skips; in CI it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not here", name)
		}
		t.Skipf("%s is not here", name)
	}
	return path
}

// curl is the status that a real client gets, or the end of what it says.
func curl(t *testing.T, before []string, args ...string) string {
	t.Helper()
	line := append(before, tool(t, "curl"), "-sS", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}")
	out, err := exec.Command(line[0], append(line[1:], args...)...).CombinedOutput()
	if err != nil {
		return strings.TrimSpace(string(out)) + ": " + err.Error()
	}
	return string(out)
}

// Whom the socket's mode and group let in may do all, and is named in the audit log; others cannot even open it.
func TestSocketMode(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("other users can be played by root alone")
	}
	as := func(uid, gid string) []string {
		return []string{tool(t, "setpriv"), "--reuid", uid, "--regid", gid, "--clear-groups"}
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no user nobody")
	}
	group, err := user.LookupGroupId("1") // daemon, where there is one
	if err != nil {
		t.Skip("there is no group 1")
	}
	for _, tt := range []struct {
		name string
		file SocketFile
		who  []string
		want string
	}{
		{"owner", SocketFile{Mode: 0o600}, nil, "200"},
		{"another user", SocketFile{Mode: 0o600}, as(nobody.Uid, nobody.Gid), "Couldn't connect"},
		{"another user, group's socket", SocketFile{Mode: 0o660, Group: group.Name}, as(nobody.Uid, nobody.Gid), "Couldn't connect"},
		{"another user of the group", SocketFile{Mode: 0o660, Group: group.Name}, as(nobody.Uid, group.Gid), "200"},
		{"another user of the group, owner's socket", SocketFile{Mode: 0o600, Group: group.Name}, as(nobody.Uid, group.Gid), "Couldn't connect"},
		{"another user, open to all", SocketFile{Mode: 0o666}, as(nobody.Uid, nobody.Gid), "200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			dir, err := os.MkdirTemp("", "leeward-socket-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			tt.file.Path = filepath.Join(dir, "s")
			l, err := ListenSocket(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			h.open(l, h.guard.Socket())
			got := curl(t, tt.who, "--unix-socket", tt.file.Path, "-X", "POST", "http://leeward/v1/reload")
			if !strings.Contains(got, tt.want) && !(tt.want != "200" && strings.Contains(got, "exit status 7")) {
				t.Fatalf("curl: %s, want %s", got, tt.want)
			}
			want := "root, uid 0"
			if tt.who != nil {
				want = "nobody, uid " + nobody.Uid
			}
			if orders := h.orders(t); tt.want == "200" && (len(orders) != 1 || !strings.HasPrefix(orders[0], want)) || tt.want != "200" && len(orders) > 0 {
				t.Errorf("recorded: %q, want one by %s, if it came through", orders, want)
			}
		})
	}
	if _, err := ListenSocket(SocketFile{Path: filepath.Join(t.TempDir(), "s"), Mode: 0o660, Group: "no-such-group"}); err == nil || !strings.Contains(err.Error(), "admin.socket_group") {
		t.Errorf("a group that there is not: %v", err)
	}
}
