package demo

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
)

// node is a name server that can be stopped and started.
type node struct {
	number int
	load   func() (*config.Config, error)
	log    *slog.Logger
	opts   Options

	mu      sync.Mutex
	service *service.Service // nil while stopped
	stop    context.CancelFunc
	ended   chan error
}

func newNode(n int, dir string, o Options, log *slog.Logger) *node {
	file := filepath.Join(dir, world[n-1].name+".yaml")
	return &node{number: n, opts: o, log: log.With("node", nodeName(n)),
		load: func() (*config.Config, error) { return o.Load(file) }}
}

// start starts the node, and waits until it answers.
func (n *node) start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.service != nil {
		return nil
	}
	cfg, err := n.load()
	if err != nil {
		return err
	}
	s := service.New(service.Options{Config: cfg, Reconfigure: n.load, Version: n.opts.Version, Logger: n.log})
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	failed := false
	_, ready := wait(ctx, time.Minute, func() bool {
		failed = len(ended) > 0
		return failed || s.Ready()
	})
	if failed || !ready {
		stop()
		if err := <-ended; err != nil {
			return fmt.Errorf("%s: %w", nodeName(n.number), err)
		}
		return fmt.Errorf("%s did not get ready", nodeName(n.number))
	}
	n.service, n.stop, n.ended = s, stop, ended
	return nil
}

// halt stops the node, and waits until it has ended.
func (n *node) halt() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.service == nil {
		return nil
	}
	n.stop()
	n.service = nil
	return <-n.ended
}

// running is the node's service, nil while it is stopped.
func (n *node) running() *service.Service {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.service
}

// all says whether the verdicts of the node on all uplinks, or on those of one upstream, are of some kind. A node that
// is stopped has nothing to say.
func (n *node) all(upstream string, is func(*steering.Verdict) bool) bool {
	s := n.running()
	if s == nil {
		return true
	}
	view := s.View()
	if view == nil {
		return false
	}
	uplinks := view.Network.Uplinks()
	for u := range uplinks {
		if (upstream == "" || slices.Contains(uplinks[u].Upstreams, upstream)) && !is(&view.Verdicts.Uplinks[u]) {
			return false
		}
	}
	return true
}
