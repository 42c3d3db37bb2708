package service

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/tell"
)

// toldFor is how long nodes remember what was told: longer than anything is told of.
const toldFor = 7 * 24 * time.Hour

// tellers tell others of incidents, as the configuration in force says.
type tellers struct {
	pace    tell.Pace
	counts  tell.Counts
	now     atomic.Pointer[[]*tell.Teller]
	changed chan config.Incidents // one slot: the newest
}

func newTellers(pace tell.Pace, c config.Incidents) *tellers {
	if pace == (tell.Pace{}) {
		pace = tell.Usual()
	}
	t := &tellers{pace: pace, changed: make(chan config.Incidents, 1)}
	t.now.Store(&[]*tell.Teller{})
	t.changed <- c
	return t
}

// replace has others told as a new configuration says.
func (t *tellers) replace(c config.Incidents) {
	select {
	case <-t.changed: // older
	default:
	}
	t.changed <- c
}

// tellOthers tells until the context ends. With a new configuration it begins anew: what was told, the notes say.
func (s *Service) tellOthers(ctx context.Context) error {
	stop := func() {}
	defer func() { stop() }()
	var running *config.Incidents
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-s.tellers.changed:
			if running != nil && reflect.DeepEqual(*running, c) {
				continue
			}
			stop()
			running, stop = &c, s.startTellers(ctx, c)
		}
	}
}

// startTellers starts one for each target, and gives what ends them.
func (s *Service) startTellers(ctx context.Context, c config.Incidents) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group errgroup.Group
	list := []*tell.Teller{}
	for _, target := range targetsOf(c, s.opts.Version, s.log) {
		teller := tell.NewTeller(target, tell.Options{Node: s.opts.Config.Node.Name, Link: c.Link, Pace: s.tellers.pace, Incidents: s.tellable,
			Nodes: s.livingNodes, Told: s.toldKeys, Note: s.noteTold, Counts: &s.tellers.counts, Logger: s.log})
		list = append(list, teller)
		group.Go(func() error { return teller.Run(ctx) })
	}
	s.tellers.now.Store(&list)
	poke, unwatch := s.WatchIncidents()
	group.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-poke:
				for _, teller := range list {
					teller.Poke()
				}
			}
		}
	})
	return func() {
		cancel()
		unwatch()
		_ = group.Wait() // none of them has an error
	}
}

// targetsOf are those whom a configuration has told.
func targetsOf(c config.Incidents, version string, log *slog.Logger) (list []tell.Target) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	for _, w := range c.Webhooks {
		headers := http.Header{}
		for _, h := range w.Headers {
			name, value, _ := strings.Cut(h, ":")
			headers.Add(name, strings.TrimSpace(value))
		}
		list = append(list, tell.Webhook{Name: w.Name, URL: w.URL, Format: tell.Format(w.Format), Headers: headers, Secret: w.Secret, Version: version}.Target(transport))
	}
	if len(c.Exec) > 0 {
		list = append(list, tell.Command{Line: c.Exec, Log: log}.Target())
	}
	return list
}

// tellable are the incidents that may be told of, newest first.
func (s *Service) tellable() (list []admin.Incident) {
	log := s.Incidents()
	for i := range log.Incidents {
		if of := &log.Incidents[i]; of.Open || time.Since(of.End) < toldFor {
			list = append(list, shownIncident(of))
		}
	}
	return list
}

func (s *Service) livingNodes() (names []string) {
	for _, m := range s.node.Members() {
		if m.State == cluster.Alive {
			names = append(names, m.Name)
		}
	}
	return names
}

func (s *Service) toldKeys(prefix string) (keys []string) {
	for _, n := range s.node.Notes(cluster.TopicTold) {
		if strings.HasPrefix(n.Key, prefix) {
			keys = append(keys, n.Key)
		}
	}
	return keys
}

func (s *Service) noteTold(key string) error {
	_, err := s.node.Put(cluster.Note{Topic: cluster.TopicTold, Key: key, Value: []byte{}, Until: time.Now().Add(toldFor).UTC()})
	return err
}

// tellProblems are targets that cannot be told.
func (s *Service) tellProblems() (list []string) {
	for _, teller := range *s.tellers.now.Load() {
		if problem := teller.Problem(); problem != "" {
			list = append(list, problem)
		}
	}
	return list
}
