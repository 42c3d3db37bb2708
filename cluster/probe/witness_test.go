package probe

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

func TestWitnessIsReachedByWhateverTheHostAnswers(t *testing.T) {
	router := func(e syscall.Errno) func(string, string, syscall.RawConn) error {
		return func(string, string, syscall.RawConn) error { return os.NewSyscallError("connect", e) }
	}
	for _, c := range []struct {
		name    string
		at      string
		control func(string, string, syscall.RawConn) error
		want    string
	}{
		{"a connection", listen(t, "127.0.0.1").Addr().String(), nil, "passed"},
		{"a connection that is closed at once", serve(t, "127.0.0.1", func(net.Conn) {}), nil, "passed"},
		{"a refusal", closedPort(t), nil, "passed"},
		{"a reset", closedPort(t), router(syscall.ECONNRESET), "passed"},
		{"a timeout", closedPort(t), router(syscall.ETIMEDOUT), "timeout"},
		{"no route to the host", closedPort(t), router(syscall.EHOSTUNREACH), "no route to host"},
		{"no route to its network", closedPort(t), router(syscall.ENETUNREACH), "no IPv4 route"},
		{"no route of this host's own", closedPort(t), func(string, string, syscall.RawConn) error { return noRoute{} }, "this host has no route"},
	} {
		d := &dialer{control: c.control}
		at := netip.MustParseAddrPort(c.at)
		reach := func(ctx context.Context, _ netip.Addr) error { return d.reach(ctx, at) }
		if got := try(t, reach, at.Addr(), patient); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever the check, a witness is asked by TCP on its own port, and votes on it stand beside those on targets.
func TestWitnessesAreVotedOnBesideTargets(t *testing.T) {
	here := netip.MustParseAddrPort(serve(t, "127.0.0.1", func(c net.Conn) { io.Copy(io.Discard, c) }))
	p := New(Options{Check: steering.Check{Type: steering.CheckHTTP, Port: here.Port(), Interval: 20 * time.Millisecond, Timeout: 100 * time.Millisecond, Fall: 2}})
	w := steering.NewWitness("northway", here)
	p.Assign(Assignment{Targets: []steering.Target{{ID: 1, Addr: here.Addr()}}, Witnesses: []steering.Witness{w}})
	running(t, p, func() {
		for range p.Changed() {
			votes := p.Votes()
			if len(votes) == 2 {
				if votes[0].State != steering.VoteDown || votes[1].Target != w.ID || votes[1].State != steering.VoteUp {
					t.Errorf("a server that is silent over HTTP has the votes %+v", votes)
				}
				return
			}
		}
	})
}

func TestWitnessFallsAndRisesLikeATarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := steering.NewWitness("northway", netip.MustParseAddrPort("192.0.2.1:53"))
		p := New(Options{Check: steering.Check{Slow: time.Millisecond}})
		p.ask = passes
		dies := broken(silent, 40*time.Second, 50*time.Second).ask(time.Now())
		p.reach = func(ctx context.Context, at netip.AddrPort) error {
			if at != w.Addr {
				t.Errorf("%v was asked", at)
			}
			return dies(ctx, at.Addr())
		}
		p.Assign(Assignment{Witnesses: []steering.Witness{w}})
		running(t, p, func() {
			for _, want := range []struct {
				after time.Duration
				state steering.VoteState
			}{{39 * time.Second, steering.VoteUp}, {4 * time.Second, steering.VoteDown}, {13 * time.Second, steering.VoteUp}} {
				time.Sleep(want.after)
				if v := p.Votes(); len(v) != 1 || v[0].Target != w.ID || v[0].State != want.state {
					t.Errorf("%v later the votes are %+v, want %v", want.after, v, want.state)
				}
			}
			p.Assign(Assignment{})
			if v := p.Votes(); len(v) != 0 {
				t.Errorf("a witness that is none any more has the vote %+v", v)
			}
		})
	})
}
