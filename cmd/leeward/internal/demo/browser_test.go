package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// scripts is where the test of the page lies.
const scripts = "../page/browser"

// tool finds a program, or skips; with CI set it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skipf("no %s here: %v", name, err)
	return ""
}

// modules installs what the scripts need, at the versions and with the checksums of the lock file, into a directory of its own.
func modules(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join(scripts, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(tool(t, "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("npm installs nothing here: %v", err)
		}
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
}

// The dashboard in a real browser: see dashboard.mjs. With LEEWARD_PICTURES=DIR it leaves pictures there.
func TestDashboard(t *testing.T) {
	chromium, node := tool(t, "chromium"), tool(t, "node")
	installed := modules(t)
	d := begin(t)
	gate := &gate{to: strings.TrimPrefix(d.admin, "http://")}
	if err := gate.open("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer gate.close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "dashboard.mjs")
	cmd.Dir = scripts
	cmd.Env = append(os.Environ(), "LEEWARD_BROWSER_MODULES="+installed, "LEEWARD_CHROMIUM="+chromium, "LEEWARD_ADMIN=http://"+gate.at,
		"LEEWARD_TOKEN="+d.token)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	orders, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		switch word := lines.Text(); word {
		case "cut":
			gate.close()
			_, err = fmt.Fprintln(orders, "cut done")
		case "mend":
			err = errors.Join(gate.open(gate.at), func() error { _, err := fmt.Fprintln(orders, "mend done"); return err }())
		default:
			t.Log(word)
		}
		if err != nil {
			t.Error(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, complaints.String())
	}
}

// gate is a way to an address that can be cut, and opened again at the same place.
type gate struct {
	to, at string

	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
	running  sync.WaitGroup
}

func (g *gate) open(at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	g.at, g.listener = l.Addr().String(), l
	g.running.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", g.to)
			if err != nil {
				_ = in.Close()
				continue
			}
			g.mu.Lock()
			g.conns = append(g.conns, in, out)
			g.mu.Unlock()
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				g.running.Go(func() {
					_, _ = io.Copy(way[0], way[1])
					_ = way[0].Close()
				})
			}
		}
	})
	return nil
}

func (g *gate) close() {
	_ = g.listener.Close()
	g.mu.Lock()
	for _, c := range g.conns {
		_ = c.Close()
	}
	g.conns = nil
	g.mu.Unlock()
	g.running.Wait()
}
