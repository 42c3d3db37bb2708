package differential

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// patience is how long something may take that must come: generous, for it is only met when something is wrong.
const patience = 30 * time.Second

// peer is another name server at work.
type peer struct {
	product
	addr  netip.AddrPort
	cmd   *exec.Cmd
	log   bytes.Buffer  // to be read after ended only
	ended chan struct{} // closed when it has
}

// installed says where the programs of all products are; without one of them there is nothing to compare, which is a
// fault only where the checks of the project run.
func installed(t *testing.T) {
	for _, p := range products {
		if _, err := exec.LookPath(p.program); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s (%s) is not installed", p.name, p.program)
		}
		t.Skipf("%s (%s) is not installed: nothing to compare with", p.name, p.program)
	}
}

// start starts a product with the zones, and returns when it serves them all. It ends with the test.
func start(t *testing.T, p product, zones []zoneFile) *peer {
	const tries = 3 // somebody else may take the port before the product does
	for try := 1; ; try++ {
		running, err := launch(t, p, zones)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(running.stop)
		if err = running.ready(t.Context(), zones); err == nil {
			return running
		}
		running.stop()
		if try == tries {
			t.Fatalf("%s: %v\n%s", p.name, err, running.log.String())
		}
	}
}

func launch(t *testing.T, p product, zones []zoneFile) (*peer, error) {
	dir := t.TempDir()
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	settings := filepath.Join(dir, "settings")
	if err := os.WriteFile(settings, []byte(p.settings(dir, addr, zones)), 0o600); err != nil {
		return nil, err
	}
	running := &peer{product: p, addr: addr, ended: make(chan struct{})}
	running.cmd = exec.Command(p.program, append(p.args, settings)...)
	running.cmd.Stdout, running.cmd.Stderr = &running.log, &running.log
	running.cmd.SysProcAttr = bound()
	started := make(chan error)
	go func() {
		// The signal at the parent's death comes when the thread that started the child ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := running.cmd.Start()
		started <- err
		if err == nil {
			_ = running.cmd.Wait() // how it ends is of no interest
		}
		close(running.ended)
	}()
	return running, <-started
}

// freeAddr is an address whose port is free for UDP and TCP.
func freeAddr() (netip.AddrPort, error) {
	l, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer l.Close()
	return l.Addr(), nil
}

// stop ends the peer, and returns when it has. It may be called again.
func (p *peer) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it and its children
		<-p.ended
	}
}

// ready returns when the peer answers with authority for every zone.
func (p *peer) ready(ctx context.Context, zones []zoneFile) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	next := time.NewTicker(20 * time.Millisecond)
	defer next.Stop()
	client := &dns.Client{Timeout: 200 * time.Millisecond}
	for _, z := range zones {
		question := new(dns.Msg).SetQuestion(z.origin, dns.TypeSOA)
		for {
			if m, _, err := client.ExchangeContext(ctx, question, p.addr.String()); err == nil && m.Authoritative {
				break
			}
			select {
			case <-p.ended:
				return fmt.Errorf("it has ended before it served %s", z.origin)
			case <-ctx.Done():
				return fmt.Errorf("it does not serve %s", z.origin)
			case <-next.C:
			}
		}
	}
	return nil
}
