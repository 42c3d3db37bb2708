package service

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

// Drain takes an operator's order to drain a place.
//
//	there is no view yet                                            refused
//	the target cannot be read, or the network does not have it      error
//	no reason is given, or a time that is none                      error
//	nothing would be left undrained, and no force                   refused
//	nothing that is up would be left undrained, and no force        refused
//	otherwise                                                       drained here when it returns, on all nodes soon after
func (s *Service) Drain(r admin.DrainRequest) (admin.Override, error) {
	if !s.Ready() {
		return admin.Override{}, notReady
	}
	place, err := s.place(r.Target)
	if err != nil {
		return admin.Override{}, err
	}
	o := steering.Override{Place: place, Action: steering.Drain, By: s.by(r.By), Reason: strings.TrimSpace(r.Reason), Issued: now()}
	if o.Reason == "" {
		return admin.Override{}, fmt.Errorf("a reason is missing (--reason): whoever finds the drain at night must know why")
	}
	if strings.ContainsFunc(o.Reason+o.By, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		return admin.Override{}, fmt.Errorf("a reason has no control characters, nor any that turn the direction of text: it is shown on terminals")
	}
	if r.For != "" {
		d, err := time.ParseDuration(r.For)
		if err != nil || d < time.Second {
			return admin.Override{}, fmt.Errorf("for %q: a duration of a second or more is wanted, such as 30m or 48h", r.For)
		}
		o.Until = time.Now().UTC().Add(d + time.Second - 1).Truncate(time.Second)
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if !r.Force {
		if why := s.leaves(o); why != "" {
			return admin.Override{}, &admin.Refusal{Reason: fmt.Sprintf("with %s drained %s; use --force if that is meant", place, why)}
		}
	}
	if err := s.node.Override(o); err != nil {
		return admin.Override{}, err
	}
	s.poke()
	s.flushed()
	until := "undrained"
	if !o.Until.IsZero() {
		until = o.Until.Format(time.RFC3339)
	}
	s.log.Warn("drained", "target", place, "by", o.By, "reason", o.Reason, "until", until)
	return override(o), nil
}

// Undrain ends the drain of a place, here when it returns, on all nodes soon after.
//
//	is drained, even if the network does not have it any more    undrained
//	the network does not have it                                 error
//	is not drained                                               refused
func (s *Service) Undrain(place steering.Place, by string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	inForce := slices.ContainsFunc(s.node.Overrides(), func(o steering.Override) bool { return o.Place == place && o.Active(now()) })
	if _, err := s.place(string(place)); !inForce && err != nil {
		return err
	}
	if !inForce {
		return &admin.Refusal{Reason: s.notDrained(place)}
	}
	o := steering.Override{Place: place, Action: steering.Undrain, By: s.by(by), Reason: "undrained", Issued: now()}
	if err := s.node.Override(o); err != nil {
		return err
	}
	s.poke()
	s.flushed()
	s.log.Warn("undrained", "target", place, "by", o.By)
	return nil
}

// notDrained says that a place has no drain of its own, and which drains cover it.
func (s *Service) notDrained(place steering.Place) string {
	network := s.plane.Load().network
	var covering []string
	for _, o := range s.node.Overrides() {
		wider := network.Covers(o.Place)
		if o.Active(now()) && !slices.ContainsFunc(network.Covers(place), func(u steering.UplinkIndex) bool { return !slices.Contains(wider, u) }) {
			covering = append(covering, string(o.Place))
		}
	}
	if len(covering) > 0 {
		return fmt.Sprintf("%s has no drain of its own, but is drained by %s", place, strings.Join(covering, ", "))
	}
	return fmt.Sprintf("%s is not drained", place)
}

// place reads a target that the network must have.
func (s *Service) place(target string) (steering.Place, error) {
	place, err := steering.ParsePlace(target)
	if err != nil {
		return "", err
	}
	network := s.plane.Load().network
	if network == nil {
		return "", fmt.Errorf("no colos are configured: there is nothing to drain")
	}
	if _, err := network.Find(place); err != nil {
		return "", err
	}
	return place, nil
}

func (s *Service) by(user string) string {
	if user == "" {
		user = "someone"
	}
	return user + "@" + s.opts.Config.Node.Name
}

// leaves says what is wrong with what one more drain would leave, "" for nothing.
func (s *Service) leaves(o steering.Override) string {
	network := s.plane.Load().network
	after := steering.Judge(network, steering.Facts{Overrides: append(slices.Clone(s.node.Overrides()), o), Now: now()})
	var down []string
	undrained := 0
	for u := range after.Uplinks {
		if after.Uplinks[u].State == steering.Drained {
			continue
		}
		undrained++
		if s.server.View().Verdicts.Uplinks[u].Measured == steering.Down {
			down = append(down, network.UplinkName(steering.UplinkIndex(u)))
		}
	}
	switch {
	case undrained == 0:
		return "nothing would be left undrained"
	case len(down) == undrained:
		return fmt.Sprintf("nothing would be left that is up (%s down): clients would still be sent there", strings.Join(down, ", "))
	}
	return ""
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// override is an override for the API.
func override(o steering.Override) admin.Override {
	shown := admin.Override{Target: string(o.Place), Action: string(o.Action), By: o.By, Reason: o.Reason, Issued: o.Issued}
	if !o.Until.IsZero() {
		shown.Until = &o.Until
	}
	return shown
}
