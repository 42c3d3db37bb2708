package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

// Order is what can be told to a running demo.
type Order struct {
	Upstream string `json:"upstream,omitempty"`
	Refuse   bool   `json:"refuse,omitempty"` // ports are closed rather than requests swallowed
	Colo     string `json:"colo,omitempty"`
}

// Done is what came of an order.
type Done struct {
	Seconds float64 `json:"seconds"` // until every node's verdicts had changed
	Nodes   int     `json:"nodes"`   // that run
}

// Paths of the orders.
const (
	FailPath  = "/demo/fail-upstream"
	HealPath  = "/demo/heal-upstream"
	StopPath  = "/demo/stop-node"
	StartPath = "/demo/start-node"
)

// patience bounds how long an order waits for the verdicts.
const patience = 15 * time.Second

// handler is the admin API of the first node that runs, and the demo's own orders.
func (d *Demo) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	for path, do := range map[string]func(context.Context, Order) (Done, error){
		FailPath: d.fail, HealPath: d.heal, StopPath: d.stopNode, StartPath: d.startNode,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var order Order
			if err := admin.Read(r, &order); err != nil {
				admin.Reply(w, nil, err)
				return
			}
			done, err := do(ctx, order)
			admin.Reply(w, done, err)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		for _, n := range d.nodes {
			if s := n.running(); s != nil {
				s.Handler(d.guard.Address()).ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, "no node runs", http.StatusServiceUnavailable)
	})
	return mux
}

func (d *Demo) fail(ctx context.Context, o Order) (Done, error) {
	state := swallowed
	if o.Refuse {
		state = refused
	}
	return d.change(ctx, o.Upstream, state, func(v *steering.Verdict) bool { return v.Measured == steering.Down })
}

func (d *Demo) heal(ctx context.Context, o Order) (Done, error) {
	return d.change(ctx, o.Upstream, healthy, func(v *steering.Verdict) bool { return v.Measured == steering.Up })
}

// change puts all web services behind an upstream into a state, and waits until every node's verdicts are as they
// should be.
func (d *Demo) change(ctx context.Context, upstream string, state health, is func(*steering.Verdict) bool) (Done, error) {
	if !slices.Contains(upstreams(), upstream) {
		return Done{}, fmt.Errorf("no upstream is called %q: there are %s", upstream, strings.Join(upstreams(), ", "))
	}
	var errs []error
	for _, w := range d.webs {
		if w.upstream == upstream {
			errs = append(errs, w.set(state))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Done{}, &admin.Refusal{Reason: err.Error()}
	}
	took, changed := wait(ctx, patience, func() bool {
		return !slices.ContainsFunc(d.nodes, func(n *node) bool { return !n.all(upstream, is) })
	})
	if !changed {
		return Done{}, &admin.Refusal{Reason: fmt.Sprintf("the verdicts of some nodes have not changed after %s", patience)}
	}
	return Done{Seconds: took.Seconds(), Nodes: d.count()}, nil
}

func (d *Demo) count() (running int) {
	for _, n := range d.nodes {
		if n.running() != nil {
			running++
		}
	}
	return running
}

func (d *Demo) stopNode(_ context.Context, o Order) (Done, error) {
	n, err := d.nodeIn(o.Colo)
	if err != nil {
		return Done{}, err
	}
	if n.running() == nil {
		return Done{}, &admin.Refusal{Reason: nodeName(n.number) + " is stopped already"}
	}
	if err := n.halt(); err != nil {
		return Done{}, &admin.Refusal{Reason: err.Error()}
	}
	return Done{Nodes: d.count()}, nil
}

func (d *Demo) startNode(ctx context.Context, o Order) (Done, error) {
	n, err := d.nodeIn(o.Colo)
	if err != nil {
		return Done{}, err
	}
	if n.running() != nil {
		return Done{}, &admin.Refusal{Reason: nodeName(n.number) + " runs already"}
	}
	begun := time.Now()
	if err := n.start(ctx); err != nil {
		return Done{}, &admin.Refusal{Reason: err.Error()}
	}
	return Done{Seconds: time.Since(begun).Seconds(), Nodes: d.count()}, nil
}

func (d *Demo) nodeIn(colo string) (*node, error) {
	var names []string
	for i, c := range world {
		if c.name == colo {
			return d.nodes[i], nil
		}
		names = append(names, c.name)
	}
	return nil, fmt.Errorf("no colo is called %q: there are %s", colo, strings.Join(names, ", "))
}
