package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

// Drain takes an operator's order to drain a place.
//
//	the target cannot be read, or the network does not have it      error
//	no reason is given, or a time that is none                      error
//	nothing would be left undrained, and no force                   refused
//	otherwise                                                       drained here when it returns, on all nodes soon after
func (s *Service) Drain(r admin.DrainRequest) (admin.Override, error) {
	place, err := s.place(r.Target)
	if err != nil {
		return admin.Override{}, err
	}
	o := steering.Override{Place: place, Action: steering.Drain, By: s.by(r.By), Reason: strings.TrimSpace(r.Reason), Issued: now()}
	if o.Reason == "" {
		return admin.Override{}, fmt.Errorf("a drain wants a reason: whoever finds it at night must know why")
	}
	if r.For != "" {
		d, err := time.ParseDuration(r.For)
		if err != nil || d <= 0 {
			return admin.Override{}, fmt.Errorf("for %q: a duration such as 30m or 1h30m is wanted", r.For)
		}
		o.Until = o.Issued.Add(d)
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if !r.Force && s.drainsAll(o) {
		return admin.Override{}, &admin.Refusal{Reason: fmt.Sprintf("with %s drained nothing would be left undrained; use --force if that is meant", place)}
	}
	if err := s.node.Override(o); err != nil {
		return admin.Override{}, err
	}
	s.poke()
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
		return &admin.Refusal{Reason: fmt.Sprintf("%s is not drained", place)}
	}
	o := steering.Override{Place: place, Action: steering.Undrain, By: s.by(by), Reason: "undrained", Issued: now()}
	if err := s.node.Override(o); err != nil {
		return err
	}
	s.poke()
	s.log.Warn("undrained", "target", place, "by", o.By)
	return nil
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
	if len(network.Covers(place)) == 0 {
		var known []string
		for _, p := range network.Places() {
			known = append(known, string(p))
		}
		return "", fmt.Errorf("the network has no %s: did you mean %s? It has %s",
			place, steering.NearestName(string(place), known), strings.Join(known, ", "))
	}
	return place, nil
}

func (s *Service) by(user string) string {
	if user == "" {
		user = "someone"
	}
	return user + "@" + s.opts.Config.Node.Name
}

// drainsAll says whether one more override would leave no uplink undrained.
func (s *Service) drainsAll(o steering.Override) bool {
	network := s.plane.Load().network
	v := steering.Judge(network, steering.Facts{Overrides: append(slices.Clone(s.node.Overrides()), o), Now: now()})
	return !slices.ContainsFunc(v.Uplinks, func(v steering.Verdict) bool { return v.State != steering.Drained })
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
