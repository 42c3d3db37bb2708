//go:build linux

package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
	"leeward/cmd/leeward-lab/internal/timeline"
)

// Scenario is one thing that is done to a network.
type Scenario struct {
	Name  string
	About string // what happens, and what must come of it
	Smoke bool   // one of the few that every change is tried with
	Alone bool   // not among all: it takes an hour

	world    func() plan.World // nil: the world of six colos
	settings map[string]plan.Settings
	interval time.Duration // between questions for www; 0: a tenth of a second
	play     func(*stage) error
}

// Options say how scenarios are run.
type Options struct {
	Leeward   string        // the program
	TTL       int           // of the steered name, in seconds
	Limit     time.Duration // in which all reachable nameservers must answer right; clients have the TTL more
	For       time.Duration // how long the long scenarios take
	Keep      bool          // keep the files of runs that are well, too
	Directory string        // for the files of all runs
}

// Run builds the scenario's network, plays it once and takes the network away.
func (s Scenario) Run(ctx context.Context, opts Options, number int) timeline.Outcome {
	began := time.Now()
	out := timeline.Outcome{Scenario: s.Name, Run: number,
		Files: filepath.Join(opts.Directory, fmt.Sprintf("%s-%d", s.Name, number))}
	err := s.runIn(ctx, opts, &out)
	if err != nil {
		for _, e := range unjoin(err) {
			out.Failures = append(out.Failures, e.Error())
		}
	}
	out.OK = err == nil
	if out.OK && !opts.Keep {
		if err := os.RemoveAll(out.Files); err == nil {
			out.Files = ""
		}
	}
	out.Took = time.Since(began).Round(100 * time.Millisecond).Seconds()
	return out
}

func (s Scenario) runIn(ctx context.Context, opts Options, out *timeline.Outcome) (err error) {
	world := plan.Six()
	if s.world != nil {
		world = s.world()
	}
	interval := 100 * time.Millisecond
	if s.interval != 0 {
		interval = s.interval
	}
	l, err := lab.New(ctx, lab.Options{World: world, Leeward: opts.Leeward, TTL: opts.TTL, Interval: interval,
		Settings: s.settings, Directory: out.Files})
	defer func() { err = errors.Join(err, l.Close()) }()
	if err != nil {
		return err
	}
	st := &stage{Lab: l, ctx: ctx, opts: opts, out: out, began: time.Now(), wrong: plan.States{}, dead: plan.Set{}, cut: plan.Set{},
		was: plan.States{}, ever: plan.Set{}, doubted: map[string]bool{}, healed: true}
	// Otherwise the fault would always come at the same moment of the caches' and the probes' time.
	if err := st.sleep(rand.N(time.Duration(opts.TTL) * time.Second)); err != nil {
		return err
	}
	if err := s.play(st); err != nil {
		return errors.Join(st.audit(), err)
	}
	return st.audit()
}

// unjoin takes joined errors apart, and says nothing twice.
func unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		for _, e := range unjoin(e) {
			if !slices.ContainsFunc(list, func(said error) bool { return said.Error() == e.Error() }) {
				list = append(list, e)
			}
		}
	}
	return list
}
