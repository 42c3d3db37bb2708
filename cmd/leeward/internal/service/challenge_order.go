package service

import (
	"fmt"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/challenge"
	"leeward/zones"
)

// SetChallenge takes an operator's order to answer with a token.
//
//	there is no view yet                                   refused
//	the name, the token or the time cannot be read         error
//	no zone served here has the name, or it is barred      refused
//	too many stand                                         refused
//	it stands already                                      it ends when this one does, if that is later
//	otherwise                                              it is answered with here when it returns, on all nodes soon after
func (s *Service) SetChallenge(r admin.ChallengeRequest) (admin.ChallengeResult, error) {
	if !s.Ready() {
		return admin.ChallengeResult{}, notReady
	}
	name, err := challenge.ParseName(r.Name)
	if err != nil {
		return admin.ChallengeResult{}, err
	}
	if err := challenge.CheckToken(r.Token); err != nil {
		return admin.ChallengeResult{}, err
	}
	life := challenge.DefaultLife
	if r.For != "" {
		if life, err = time.ParseDuration(r.For); err != nil || life < time.Second || life > challenge.MaxLife {
			return admin.ChallengeResult{}, fmt.Errorf("for %q: a duration from 1s to %gh is wanted, such as 10m", r.For, challenge.MaxLife.Hours())
		}
	}
	c := challenge.Challenge{Name: name, Token: r.Token, By: s.by(r.By), Until: time.Now().Add(life)}
	result, err := s.setChallenge(c)
	if err != nil {
		return result, &admin.Refusal{Reason: err.Error()}
	}
	s.poke()
	s.flushed()
	s.log.Info("challenge set", "name", name, "token", c.Token, "by", c.By, "until", result.Until.Format(time.RFC3339))
	result.Nodes, result.Silent = s.spread()
	return result, nil
}

func (s *Service) setChallenge(c challenge.Challenge) (result admin.ChallengeResult, err error) {
	s.challenging.Lock()
	defer s.challenging.Unlock()
	_, at := spotOf(s.served.Load().set, c.Name)
	if at.bar != nil {
		return result, at.bar
	}
	note, err := s.node.Put(c.Note())
	c.Issued, c.Until = note.Issued, note.Until
	return admin.ChallengeResult{Challenge: shownChallenge(c, at)}, err
}

// ClearChallenges takes away a challenge of a name, or without a token all of them: here when it returns, on all nodes soon
// after.
func (s *Service) ClearChallenges(text, token, by string) ([]admin.Challenge, error) {
	name, err := challenge.ParseName(text)
	if err != nil {
		return nil, err
	}
	cleared, err := s.clearChallenges(name, token)
	if err != nil {
		return nil, &admin.Refusal{Reason: err.Error()}
	}
	s.poke()
	s.flushed()
	s.log.Info("challenges cleared", "name", name, "count", len(cleared), "by", s.by(by))
	return cleared, nil
}

func (s *Service) clearChallenges(name zones.Name, token string) (cleared []admin.Challenge, err error) {
	s.challenging.Lock()
	defer s.challenging.Unlock()
	_, at := spotOf(s.served.Load().set, name)
	var notes []cluster.Note
	others := 0
	for _, c := range s.standing() {
		switch {
		case c.Name != name:
		case token != "" && c.Token != token:
			others++
		default:
			notes, cleared = append(notes, c.Tombstone()), append(cleared, shownChallenge(c, at))
		}
	}
	switch {
	case len(notes) > 0:
		return cleared, s.node.PutAll(notes)
	case others > 0:
		return nil, fmt.Errorf("no challenge stands at %s with this token, but %d with others (see: leeward challenge list)", name.Bare(), others)
	default:
		return nil, fmt.Errorf("no challenge stands at %s", name.Bare())
	}
}

// spreading is how long is waited for word from the others that they have what was issued here: each says once a second what
// it has.
const spreading = 3 * time.Second

// spread waits until all living members have had the same notes as this node, and gives how many there are, and who has not
// said so in time. Notes of other topics may change all the while.
func (s *Service) spread() (nodes int, silent []string) {
	patience, look := time.NewTimer(spreading), time.NewTicker(50*time.Millisecond)
	defer patience.Stop()
	defer look.Stop()
	had := map[string]bool{}
	for {
		nodes, silent = 0, []string{}
		for _, m := range s.node.Members() {
			if m.State == cluster.Dead || m.State == cluster.Left {
				continue
			}
			nodes++
			if had[m.Name] = had[m.Name] || !m.OtherNotes; !had[m.Name] {
				silent = append(silent, m.Name)
			}
		}
		if len(silent) == 0 {
			return nodes, silent
		}
		select {
		case <-look.C:
		case <-patience.C:
			return nodes, silent
		case <-s.running.Done():
			return nodes, silent
		}
	}
}
