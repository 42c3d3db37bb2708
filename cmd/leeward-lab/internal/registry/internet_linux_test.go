package registry

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"leeward/cmd/leeward-lab/internal/netns"
)

// patience is how long something may take that must come.
const patience = 2 * time.Minute

// internet is a namespace with everything in it.
type internet struct {
	space   *netns.Namespace
	dir     string
	program string // leeward
}

// host is one server: what it is called, where it listens and which zones it has.
type host struct {
	name  string
	addrs []string
	zones map[string]string // text by origin
}

// needed says that a program is there; else the test is skipped, or failed where the checks of the project run.
func needed(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		without(t, err)
	}
}

func without(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// newInternet builds Leeward and starts the hosts. All ends with the test.
func newInternet(t *testing.T, hosts []host) *internet {
	t.Helper()
	if err := netns.Permitted(); err != nil {
		without(t, fmt.Errorf("no namespaces: %w", err))
	}
	spaces, err := netns.Create([]string{"registry"})
	t.Cleanup(func() {
		if err := netns.RemoveOwn(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	n := &internet{space: spaces["registry"], dir: t.TempDir()}
	t.Cleanup(n.space.Close)
	n.program = filepath.Join(n.dir, "leeward")
	if out, err := exec.Command("go", "build", "-o", n.program, "leeward/cmd/leeward").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	links := "link set lo up\n"
	for _, h := range hosts {
		for _, addr := range h.addrs {
			links += "addr add " + addr + " dev lo\n"
		}
	}
	if err := n.space.Batch(links); err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts {
		n.start(t, h)
	}
	return n
}

// start starts a host's server, and returns when it is ready.
func (n *internet) start(t *testing.T, h host) {
	t.Helper()
	var files, listen []string
	for origin, text := range h.zones {
		file := filepath.Join(n.dir, fmt.Sprintf("%s-%s.zone", h.name, strings.Trim(origin, ".")))
		n.write(t, file, text)
		files = append(files, fmt.Sprintf("{origin: %q, file: %q}", origin, file))
	}
	for _, addr := range h.addrs {
		listen = append(listen, fmt.Sprintf("%q", at53(addr)))
	}
	settings := filepath.Join(n.dir, h.name+".yaml")
	n.write(t, settings, fmt.Sprintf("node: {name: %s}\ndns: {listen: [%s]}\nzones: {files: [%s]}\nadmin: {listen: \"\", socket: %q}\nstate: {directory: \"\"}\n",
		h.name, strings.Join(listen, ", "), strings.Join(files, ", "), filepath.Join(n.dir, h.name+".sock")))
	log, err := os.Create(filepath.Join(n.dir, h.name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(n.program, "serve", "--config", settings)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.space.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // how it ended is of no interest
		log.Close()
	})
	next, over := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer next.Stop()
	for {
		said, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(said, []byte("level=ERROR")) {
			t.Fatalf("%s: %s", h.name, said)
		}
		if bytes.Contains(said, []byte("msg=ready")) {
			return
		}
		select {
		case <-over:
			t.Fatalf("%s is not ready: %s", h.name, said)
		case <-next.C:
		}
	}
}

// at53 is an address with its prefix length as an address with the port of DNS.
func at53(addr string) string {
	addr, _, _ = strings.Cut(addr, "/")
	if strings.Contains(addr, ":") {
		addr = "[" + addr + "]"
	}
	return addr + ":53"
}

func (n *internet) write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a program in the namespace to its end, and gives what it writes to standard output and its exit code.
func (n *internet) run(t *testing.T, program string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = n.dir, &stdout, &stderr
	if err := n.space.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code < 0 {
		t.Fatalf("%s was killed: %s", program, stderr.String())
	}
	if t.Failed() {
		t.Logf("%s: %s", program, stderr.String())
	}
	return stdout.String(), cmd.ProcessState.ExitCode()
}
