package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/handover"
	"leeward/cmd/leeward/internal/sockets"
	"leeward/cmd/leeward/internal/systemd"
	"leeward/steering"
)

// succession is what a process hands over to the one that takes its place, beside the sockets. Fields may come; one that is
// missing is that of a start.
type succession struct {
	Cluster  cluster.Handover      `json:"cluster"`
	Verdicts []steering.Remembered `json:"verdicts"`
	Secret   []byte                `json:"secret"` // of cookies, where there is no gossip key
	Ready    bool                  `json:"ready"`  // as hooks were told
	Totals   []total               `json:"totals"`

	OwnsSocket bool `json:"owns_socket"` // the file of the admin socket is removed at the end
}

// succeeds says whether this process takes another's place.
func (s *Service) succeeds() bool { return s.opts.Predecessor != nil }

// inherit waits for what the process hands over whose place this one takes: all that takes time is read.
func (s *Service) inherit() error {
	if !s.succeeds() {
		return nil
	}
	line := s.opts.Predecessor
	if err := line.Send(handover.Message{Kind: handover.Prepared}, nil); err != nil {
		return fmt.Errorf("the former process: %w", err)
	}
	m, descriptors, err := line.Receive(time.Now().Add(handTime))
	s.life.given = sockets.New(descriptors, m.Sockets)
	if err != nil {
		return fmt.Errorf("the former process hands nothing over: %w", err)
	}
	if m.Kind != handover.State {
		return fmt.Errorf("the former process says %q instead of handing over", m.Kind)
	}
	next := &s.life.former
	if err := json.Unmarshal(m.Content, next); err != nil {
		return fmt.Errorf("what the former process hands over: %w", err)
	}
	s.life.counted.base.Store(&next.Totals)
	if len(next.Secret) == len(s.random) {
		s.random = [16]byte(next.Secret)
	}
	s.life.steady = steady{begun: true, ready: next.Ready}
	return nil
}

// takeOver says that this process answers, and follows what the former one has to say until its end.
func (s *Service) takeOver(ctx context.Context) {
	if !s.succeeds() {
		return
	}
	line := s.opts.Predecessor
	defer close(s.life.orphaned)
	defer line.Close()
	defer context.AfterFunc(ctx, func() {
		if !s.life.replaced.Load() { // else it is told on what the former one counted last
			_ = line.Close()
		}
	})()
	mine := sync.OnceFunc(func() {
		if s.life.ownsSocket {
			for _, l := range s.life.admin {
				admin.Own(l, true)
			}
		}
		close(s.life.mine)
	})
	defer mine()
	if line.Send(handover.Message{Kind: handover.Serving}, nil) != nil {
		return // it is gone, and this process is the node, or it has given up, and ends this one
	}
	for {
		m, _, err := line.Receive(time.Time{})
		if err != nil {
			return
		}
		var totals []total
		if json.Unmarshal(m.Content, &totals) == nil {
			s.life.counted.base.Store(&totals)
		}
		if m.Kind == handover.Yours {
			s.opts.Manager.Tell("READY=1", systemd.Status("%s", s.words())) // it listens to this process from now on
			mine()
		}
	}
}

// awaitTurn waits until the former process has nothing more to say to operators.
func (s *Service) awaitTurn(ctx context.Context) {
	if s.succeeds() {
		select {
		case <-s.life.mine:
		case <-ctx.Done():
		}
	}
}

// formerVotes are the votes that this node has published in its former process.
func (s *Service) formerVotes() []steering.Vote {
	if !s.succeeds() {
		return nil
	}
	sheets := s.node.Sheets()
	i := slices.IndexFunc(sheets, func(h steering.Heard) bool { return h.Sheet.Observer == s.opts.Config.Node.Name })
	if i < 0 {
		return nil
	}
	return sheets[i].Sheet.Votes
}
