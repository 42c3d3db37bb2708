//go:build linux

package lab

import (
	"errors"
	"fmt"
	"time"

	"leeward/cmd/leeward-lab/internal/plan"
)

// Break sets what is wrong in the network, in place of what was; an empty fault mends everything. It gives the time
// before the first rule changed. A fault that has met no packet until it is replaced was none, which is an error.
func (l *Lab) Break(f plan.Fault) (time.Time, error) {
	before := l.broken
	if err := l.met(before); err != nil {
		return time.Time{}, err
	}
	l.broken = f
	start := time.Now()
	return start, everywhere(plan.Join(before, f), func(upstream string) error {
		_, err := l.spaces[upstream].Run(plan.Ruleset(f[upstream]), "nft", "-f", "-")
		return err
	})
}

// met finds out whether a fault met anything in each upstream that it is in.
func (l *Lab) met(f plan.Fault) error {
	return everywhere(f, func(upstream string) error {
		listing, err := l.spaces[upstream].Run("", "nft", "list", "table", "inet", "lab")
		if err == nil && plan.Counted(listing) == 0 {
			err = fmt.Errorf("the fault in %s met no packet: it was none", upstream)
		}
		return err
	})
}

// everywhere does something in all upstreams of a fault at once.
func everywhere(f plan.Fault, do func(upstream string) error) error {
	upstreams := f.Upstreams()
	failures := make(chan error, len(upstreams))
	for _, upstream := range upstreams {
		go func() { failures <- do(upstream) }()
	}
	var errs []error
	for range upstreams {
		errs = append(errs, <-failures)
	}
	return errors.Join(errs...)
}
