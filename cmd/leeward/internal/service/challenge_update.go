package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/challenge"
	"leeward/dnsserver"
	"leeward/zones"
)

// token is a token at a name.
type token struct {
	name zones.Name
	text string
}

// update does a dynamic update: all of it, or nothing. What it adds stands for an hour, for its client takes it away.
//
//	a name, or a token, that cannot be one     error
//	to be added where it is barred             error
//	to be taken away, and does not stand       nothing to do, also where the zone's file has it
//	too many stand                             error
//	otherwise                                  done here when it returns, on all nodes soon after
func (s *Service) update(u dnsserver.Update) error {
	s.challenging.Lock()
	defer s.challenging.Unlock()
	set, standing := s.served.Load().set, s.standing()
	last := map[token]bool{} // whether it is to stand
	var order []token
	put := func(t token, stands bool) {
		if _, had := last[t]; !had {
			order = append(order, t)
		}
		last[t] = stands
	}
	for _, c := range u.Changes {
		switch _, err := challenge.ParseName(c.Name.String()); {
		case err != nil:
			return err
		case c.Remove && c.Token != "":
			put(token{c.Name, c.Token}, false)
		case c.Remove:
			for _, t := range tokensOf(c.Name, standing, order) {
				put(t, false)
			}
		default:
			if err := challenge.CheckToken(c.Token); err != nil {
				return fmt.Errorf("%s: %w", c.Name.Bare(), err)
			}
			if _, at := spotOf(set, c.Name); at.bar != nil {
				return at.bar
			}
			put(token{c.Name, c.Token}, true)
		}
	}
	return s.change(u, order, last, standing)
}

// tokensOf are the tokens of a name that stand, or that were among those before.
func tokensOf(name zones.Name, standing []challenge.Challenge, before []token) (list []token) {
	for _, c := range standing {
		if c.Name == name {
			list = append(list, token{name, c.Token})
		}
	}
	for _, t := range before {
		if t.name == name && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// change issues what an update came to.
func (s *Service) change(u dnsserver.Update, order []token, last map[token]bool, standing []challenge.Challenge) error {
	by := s.by("key " + u.Key.Bare())
	until := time.Now().Add(challenge.UpdateLife)
	var notes []cluster.Note
	var words []string
	for _, t := range order {
		c := challenge.Challenge{Name: t.name, Token: t.text, By: by, Until: until}
		stands := slices.ContainsFunc(standing, func(o challenge.Challenge) bool { return o.Name == t.name && o.Token == t.text })
		switch {
		case last[t]:
			notes, words = append(notes, c.Note()), append(words, "+"+t.name.Bare()+" "+t.text)
		case stands:
			notes, words = append(notes, c.Tombstone()), append(words, "-"+t.name.Bare()+" "+t.text)
		}
	}
	if len(notes) > 0 {
		if err := s.node.PutAll(notes); err != nil {
			return err
		}
		s.pokeSoon()
	}
	s.log.Info("update done", "zone", u.Zone, "key", u.Key, "from", u.From, "changes", strings.Join(words, ", "))
	return nil
}

// pokeSoon has the loop judge, and waits for it a moment: who waits answers queries.
func (s *Service) pokeSoon() {
	done := make(chan struct{})
	go func() { s.poke(); close(done) }()
	patience := time.NewTimer(100 * time.Millisecond)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
	}
}

// refusedUpdate tells of an update, signed by who may, that was refused: its client rarely shows why.
func (s *Service) refusedUpdate(u dnsserver.Update, why string) {
	s.log.Warn("update refused", "zone", u.Zone, "key", u.Key, "from", u.From, "reason", why)
}
