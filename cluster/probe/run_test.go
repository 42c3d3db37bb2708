package probe

import (
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/steering"
)

// leftovers are the stacks of goroutines, the test's own aside, that this package or its sockets still run.
func leftovers() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for i, stack := range strings.Split(string(buf), "\n\n") {
		if i > 0 && (strings.Contains(stack, "probe.(*") || strings.Contains(stack, "net.(*netFD).connect")) {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

// Over real sockets, with probes in flight that nobody answers.
func TestRunLeavesNoGoroutine(t *testing.T) {
	for _, kind := range []steering.CheckType{steering.CheckTCP, steering.CheckHTTP, steering.CheckHTTPS, steering.CheckDNS} {
		t.Run(string(kind), func(t *testing.T) {
			reached := make(chan struct{}, 1000)
			at := serve(t, "127.0.0.1", func(c net.Conn) {
				reached <- struct{}{}
				io.Copy(io.Discard, c)
			})
			if kind == steering.CheckDNS {
				at = nameserver(t, "127.0.0.1", func(dns.ResponseWriter, *dns.Msg) { reached <- struct{}{} })
			}
			ap := netip.MustParseAddrPort(at)
			p := New(Options{Check: steering.Check{
				Type: kind, Port: ap.Port(), Name: "example.com", Interval: 10 * time.Millisecond, Timeout: time.Hour,
			}})
			p.Assign(Assignment{Targets: []steering.Target{{ID: 1, Addr: ap.Addr()}, {ID: 2, Addr: ap.Addr()}}})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- p.Run(ctx) }()
			for range 4 {
				<-reached
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if left := leftovers(); left != "" {
				t.Errorf("still running:\n%s", left)
			}
		})
	}
}

// The way of one failure over a real socket: up, down with the reason, and up again.
func TestVotesOnRealService(t *testing.T) {
	l := listen(t, "127.0.0.1")
	at := netip.MustParseAddrPort(l.Addr().String())
	p := New(Options{Check: steering.Check{Port: at.Port(), Interval: 20 * time.Millisecond, Timeout: patient, Fall: 2, Rise: 2}})
	p.Assign(Assignment{Targets: []steering.Target{{ID: 1, Addr: at.Addr()}}})
	running(t, p, func() {
		until := func(want steering.VoteState, detail string) {
			t.Helper()
			for range p.Changed() {
				if v := p.Votes(); len(v) == 1 && v[0].State == want && v[0].Detail == detail {
					return
				}
			}
		}
		until(steering.VoteUp, "")
		l.Close()
		until(steering.VoteDown, "connection refused")
		again, err := net.Listen("tcp", at.String())
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		until(steering.VoteUp, "")
	})
}

// CPU of a whole probe, the accepting side included, with 1,000 targets on one prober.
func BenchmarkThousandTargets(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	at := netip.MustParseAddrPort(l.Addr().String())
	check := withDefaults(steering.Check{Port: at.Port(), Interval: 200 * time.Millisecond, Timeout: patient})
	tcp := newTCP(check, &dialer{})
	done := make(chan error, 1000)
	p := New(Options{Check: check})
	p.ask = func(ctx context.Context, addr netip.Addr) error {
		err := tcp(ctx, addr)
		select {
		case done <- err:
		default:
		}
		return err
	}
	var targets []steering.Target
	for i := range uint64(1000) {
		targets = append(targets, steering.Target{ID: steering.TargetID(i * ((1<<64 - 1) / 1000)), Addr: at.Addr()})
	}
	p.Assign(Assignment{Targets: targets})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	before := cpu(b)
	for b.Loop() {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/probe")
	cancel()
	<-ended
}

// cpu is the time that this process has used so far, user and system.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
