package peers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"leeward/dnsserver"
)

// Patience is how long something may take that must come: generous, for it is only met when something is wrong.
const Patience = 30 * time.Second

// Program is a name server, and how it is set.
type Program struct {
	Name, Path string
	Args       []string // before the file with the settings
	Settings   func(dir string, addr netip.AddrPort) string
}

// Peer is a program at work.
type Peer struct {
	Program
	Addr  netip.AddrPort // of UDP and TCP
	Dir   string         // its own
	Ended chan struct{}  // closed when it has

	cmd *exec.Cmd
	log log
}

// Installed skips the test where one of the programs is missing: there is nothing to hold Leeward against then. That is a
// fault only where the checks of the project run.
func Installed(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", p)
		}
		t.Skipf("%s is not installed: nothing to compare with", p)
	}
}

// Start starts a program, and returns when it serves all zones. It ends with the test.
func Start(t testing.TB, p Program, origins ...string) *Peer {
	t.Helper()
	const tries = 3 // somebody else may take the port before the program does
	for try := 1; ; try++ {
		running, err := Launch(t, p)
		if err != nil {
			t.Fatal(err)
		}
		if err = running.Ready(t.Context(), origins...); err == nil {
			return running
		}
		running.Stop()
		if try == tries {
			t.Fatalf("%s: %v\n%s", p.Name, err, running.Log())
		}
	}
}

// Launch starts a program, without waiting for what it does. It ends with the test.
func Launch(t testing.TB, p Program) (*Peer, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	running := &Peer{Program: p, Addr: addr, Dir: t.TempDir()}
	t.Cleanup(running.Stop)
	if err := os.WriteFile(running.settings(), []byte(p.Settings(running.Dir, addr)), 0o600); err != nil {
		return nil, err
	}
	return running, running.Again()
}

func (p *Peer) settings() string { return filepath.Join(p.Dir, "settings") }

// Again starts a program that has ended, with what it has left behind.
func (p *Peer) Again() error {
	ended := make(chan struct{})
	cmd := exec.Command(p.Path, append(p.Args, p.settings())...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &p.log, &p.log, p.Dir
	cmd.SysProcAttr = bound()
	started := make(chan error)
	go func() {
		// The signal at the parent's death comes when the thread that started the child ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ends is of no interest
		}
		close(ended)
	}()
	p.cmd, p.Ended = cmd, ended
	if err := <-started; err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// freeAddr is an address whose port is free for UDP and TCP. It is below those that systems give to clients: one of
// those may be taken again before the peer has it.
func freeAddr() (addr netip.AddrPort, err error) {
	const tries = 20
	for range tries {
		port := 10_000 + rand.IntN(20_000)
		var l *dnsserver.Listener
		if l, err = dnsserver.Listen(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port)), dnsserver.Sockets{}); err == nil {
			addr = l.Addr()
			l.Close()
			return addr, nil
		}
	}
	return addr, err
}

// Stop ends the peer, and returns when it has. It may be called again.
func (p *Peer) Stop() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.Ended:
	case <-time.After(Patience):
		p.Kill()
	}
}

// Kill ends the peer and its children at once, without a chance to put anything in order.
func (p *Peer) Kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may have ended
	<-p.Ended
}

// Log is what the peer has said so far.
func (p *Peer) Log() string { return p.log.String() }

// log takes what is written while it is read.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
