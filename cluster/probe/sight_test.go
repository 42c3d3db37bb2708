package probe

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// sighted is a prober in virtual time whose way out is broken for a while: three targets and a witness, none of which is
// reached then. One target is truly down from the same moment on, and stays so.
func sighted(t *testing.T, from, to time.Duration, act func(p *Prober)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		began := time.Now()
		out := broken(silent, from, to).ask(began)
		dead := broken(silent, from, time.Hour).ask(began)
		p.ask = func(ctx context.Context, addr netip.Addr) error {
			if addr == targets(0, 1, 2)[2].Addr {
				return dead(ctx, addr)
			}
			return out(ctx, addr)
		}
		p.reach = func(ctx context.Context, at netip.AddrPort) error { return out(ctx, at.Addr()) }
		w := lateWitness()
		p.Assign(Assignment{Targets: targets(0, 1, 2), Witnesses: []steering.Witness{w}, Blind: func(votes []steering.Vote) bool {
			for _, v := range votes {
				if (v.State == steering.VoteDown) == v.Turning {
					return false
				}
			}
			return true
		}})
		running(t, p, func() { act(p) })
	})
}

// lateWitness has its turn late in the interval, long after the targets of phase 0.
func lateWitness() steering.Witness {
	for port := uint16(1); ; port++ {
		w := steering.NewWitness("northway", netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port))
		if phase(w.ID, 0, time.Second) > 900*time.Millisecond {
			return w
		}
	}
}

// When a node sees again, what it voted down while it was blind begins anew: the targets that live are up within an
// interval, without having to rise, and none is voted down in between.
func TestVotesOfTheBlindBeginAnewWhenTheySee(t *testing.T) {
	sighted(t, 40*time.Second, 60*time.Second, func(p *Prober) {
		time.Sleep(50 * time.Second)
		for _, v := range p.Votes() {
			if v.State != steering.VoteDown {
				t.Fatalf("blind, the votes are %+v", p.Votes())
			}
		}
		time.Sleep(10*time.Second + 2100*time.Millisecond)
		up := 0
		for _, v := range p.Votes() {
			if v.State == steering.VoteUp {
				up++
			} else if v.Target != targets(0, 1, 2)[2].ID {
				t.Errorf("two seconds after the node sees again, a target that lives is %+v", v)
			}
		}
		if up != 3 { // two targets and the witness
			t.Errorf("two seconds after the node sees again, the votes are %+v", p.Votes())
		}
		time.Sleep(3 * time.Second)
		if votes := p.Votes(); len(votes) != 4 || votes[2].Target != 2 || votes[2].State != steering.VoteDown {
			t.Errorf("the target that is down has to be voted so again: %+v", votes)
		}
	})
}

// The witness fails before the first target has fallen: from the first moment on the votes are those of a blind node.
func TestWitnessesAreAskedAtTheFirstDoubt(t *testing.T) {
	sighted(t, 40*time.Second, 60*time.Second, func(p *Prober) {
		time.Sleep(39 * time.Second)
		for range p.Changed() {
			fallen, sees := false, false
			for _, v := range p.Votes() {
				fallen = fallen || v.State == steering.VoteDown
				sees = sees || p.isWitness(v.Target) && v.State != steering.VoteDown && !v.Turning
			}
			if fallen && sees {
				t.Fatalf("a target has fallen while the witness is still up: %+v", p.Votes())
			}
			if fallen {
				return
			}
		}
	})
}

// isWitness says whether votes on an ID are on a witness.
func (p *Prober) isWitness(id steering.TargetID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.watches[id] != nil && p.watches[id].witness.IsValid()
}

// What was down long before the node went blind is not forgotten when it sees again.
func TestWhatWasDownBeforeStaysDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		began := time.Now()
		out, dead := broken(silent, 60*time.Second, 80*time.Second).ask(began), broken(silent, 20*time.Second, time.Hour).ask(began)
		p.ask = func(ctx context.Context, addr netip.Addr) error {
			if addr == targets(1)[0].Addr {
				return dead(ctx, addr)
			}
			return out(ctx, addr)
		}
		p.Assign(Assignment{Targets: targets(0, 1), Blind: func(votes []steering.Vote) bool {
			return !slices.ContainsFunc(votes, func(v steering.Vote) bool { return (v.State == steering.VoteDown) == v.Turning })
		}})
		running(t, p, func() {
			time.Sleep(80 * time.Second)
			for range 100 { // from blind to seeing, and on
				time.Sleep(100 * time.Millisecond)
				votes := p.Votes()
				if i := slices.IndexFunc(votes, func(v steering.Vote) bool { return v.Target == 1 }); i < 0 || votes[i].State != steering.VoteDown {
					t.Fatalf("%v after the start: %+v", time.Since(began), votes)
				}
			}
			if v := p.Votes(); v[0].State != steering.VoteUp {
				t.Errorf("what lives is %+v", v[0])
			}
		})
	})
}
