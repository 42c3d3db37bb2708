//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// Options say what laboratory is wanted.
type Options struct {
	World     plan.World
	Leeward   string                   // the program
	TTL       int                      // of the steered name, in seconds
	Interval  time.Duration            // between the questions of one asker for plan.Name, and of one client
	Settings  map[string]plan.Settings // of the nodes in some colos
	Directory string                   // for files and logs; it is made, and left
}

// Lab is a network that runs.
type Lab struct {
	World   plan.World
	Names   []plan.Steered
	Record  *Record
	Nodes   map[string]*Node // by colo
	Dir     string
	opts    Options
	spaces  map[string]*netns.Namespace
	broken  plan.Fault
	webs    map[plan.Uplink]*Web
	others  []io.Closer // witnesses, resolvers
	stop    context.CancelFunc
	watches sync.WaitGroup
}

// New builds a laboratory and waits until all of it runs. Close it in any case, also after an error.
func New(ctx context.Context, opts Options) (*Lab, error) {
	ctx, stop := context.WithCancel(ctx)
	var unknown []string
	for _, set := range opts.Settings {
		unknown = append(unknown, set.Lacks)
	}
	names := opts.World.Steered(unknown...)
	l := &Lab{World: opts.World, Names: names, Record: newRecord(opts.World, names), Nodes: map[string]*Node{}, Dir: opts.Directory,
		opts: opts, webs: map[plan.Uplink]*Web{}, broken: plan.Fault{}, stop: stop}
	if err := l.wire(); err != nil {
		return l, fmt.Errorf("building the network: %w", err)
	}
	if err := l.serveWeb(); err != nil {
		return l, fmt.Errorf("starting web servers: %w", err)
	}
	if err := l.startNodes(); err != nil {
		return l, fmt.Errorf("starting nodes: %w", err)
	}
	if err := l.startResolvers(ctx); err != nil {
		return l, fmt.Errorf("starting resolvers: %w", err)
	}
	if err := l.watch(ctx); err != nil {
		return l, fmt.Errorf("starting those who ask: %w", err)
	}
	return l, l.settled(ctx)
}

// Close ends all processes and takes the network away. The files stay.
func (l *Lab) Close() error {
	l.stop()
	var errs []error
	for _, n := range l.Nodes {
		errs = append(errs, n.Kill())
	}
	for _, c := range l.others {
		errs = append(errs, c.Close())
	}
	for _, w := range l.webs {
		errs = append(errs, w.Stop())
	}
	l.watches.Wait()
	for _, s := range l.spaces {
		s.Close()
	}
	return errors.Join(append(errs, netns.RemoveOwn())...)
}

// Inside is the namespace of a host, for questions from there.
func (l *Lab) Inside(host string) *netns.Namespace { return l.spaces[host] }

// startNodes starts a node in every colo.
func (l *Lab) startNodes() error {
	key, err := gossipKey()
	if err != nil {
		return err
	}
	for _, c := range l.World.Colos {
		dir := filepath.Join(l.Dir, c.Name)
		files := map[string]string{
			"leeward.yaml": l.World.Configuration(c.Name, l.opts.Settings[c.Name]),
			"nets.txt":     l.World.Nets(),
			"gossip.key":   key,
			filepath.Join("zones", plan.Origin+".zone"): l.World.Zone(l.opts.TTL, l.Names),
		}
		for name, text := range files {
			if err := write(filepath.Join(dir, name), text); err != nil {
				return err
			}
		}
		n := &Node{Colo: c.Name, Name: l.World.NodeName(c.Name), dir: dir, program: l.opts.Leeward,
			space: l.spaces[c.Name], record: l.Record}
		l.Nodes[c.Name] = n
		if err := n.Start(); err != nil {
			return err
		}
	}
	return nil
}

// startTime bounds how long a laboratory may take until all of it runs, on a loaded machine.
const startTime = 90 * time.Second

// settled waits until every node says that all is up, and everybody who asks is answered so.
func (l *Lab) settled(ctx context.Context) error {
	return l.Await(ctx, startTime, "all to be up at the start", func() string {
		for colo, n := range l.Nodes {
			if why := n.unsettled(ctx, l.World, l.opts.Settings); why != "" {
				return fmt.Sprintf("the node in %s says: %s", colo, why)
			}
		}
		return l.unanswered()
	})
}

// unanswered says who is not answered yet as all must be while all is well, "" if nobody.
func (l *Lab) unanswered() string {
	for _, q := range l.Record.Asked() {
		spans := l.Record.Spans(q)
		want := l.World.Expect(q.Steered, l.World.Client(q.Place), l.Seen(q.Server.Colo, nil))
		if len(spans) == 0 {
			return fmt.Sprintf("the nameserver at %s has not answered for %s", q.Server, q.Name)
		}
		if got := spans[len(spans)-1].Answer; got != want {
			return fmt.Sprintf("%s %q, not %q", q, got, want)
		}
	}
	for i, client := range l.Record.Clients() {
		ticks := slices.DeleteFunc(l.Record.Ticks(client, time.Time{}), func(t Tick) bool { return !t.Done })
		want := l.World.Expect(l.Names[0], plan.Client{Location: l.World.Eyes[i/2].Location}, nil)
		if n := len(ticks); n == 0 || ticks[n-1].Answer != want || !ticks[n-1].Fetched {
			return fmt.Sprintf("a client in %s is not served: %+v", client, ticks[max(0, n-1):])
		}
	}
	return ""
}

// Seen is what the node in a colo makes of uplinks in some states: what its configuration lacks it cannot give.
func (l *Lab) Seen(colo string, states plan.States) plan.States {
	lacks := l.Lacks(colo)
	if lacks == "" {
		return states
	}
	seen := plan.States{}
	maps.Copy(seen, states)
	for _, u := range l.World.Of(lacks) {
		seen[u] = plan.Down
	}
	return seen
}

// Lacks is the colo that the configuration of the node in a colo does not have, "" if it has all.
func (l *Lab) Lacks(colo string) string { return l.opts.Settings[colo].Lacks }

// Died says which nodes have ended though nobody ended them, nil if none has.
func (l *Lab) Died() error {
	var errs []error
	for _, n := range l.Nodes {
		if n.process.died() {
			errs = append(errs, fmt.Errorf("the node in %s has ended by itself: %s", n.Colo, lastWords(filepath.Join(n.dir, logFile))))
		}
	}
	return errors.Join(errs...)
}

// Await waits until nothing is missing, which is told as a sentence. It does not outlive a node.
func (l *Lab) Await(ctx context.Context, limit time.Duration, what string, missing func() string) error {
	over := time.NewTimer(limit)
	defer over.Stop()
	next := time.NewTicker(20 * time.Millisecond)
	defer next.Stop()
	for {
		why := missing()
		if why == "" {
			return nil
		}
		if err := l.Died(); err != nil {
			return err
		}
		select {
		case <-next.C:
		case <-over.C:
			return fmt.Errorf("waited %s for %s: %s", limit, what, why)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o600)
}

// lastWords are the first lines of a log that are none of a logger's, such as a panic's, else the last line.
func lastWords(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return l != "" && l[0] != '{' }); i >= 0 {
		return strings.Join(lines[i:min(len(lines), i+5)], " | ")
	}
	return lines[len(lines)-1]
}
