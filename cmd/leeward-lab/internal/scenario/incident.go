//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
	"leeward/cmd/leeward-lab/internal/timeline"
)

// Within which an incident must be told by all that are not cut off, and how far its first failure may be from the fault:
// probes are sent every second.
const (
	tellLimit  = 5 * time.Second
	firstProbe = 2 * time.Second
)

// told waits until every node that is not cut off tells of the incident that the fault must make, holds it to the fault's
// colos and times, and notes when it was said.
func (s *stage) told(kind, name string, probed bool) error {
	var found []lab.Incident
	err := s.Await(s.ctx, patience, "the incident to be told", func() (why string) {
		found, why = s.alike(s.judges(), func(i lab.Incident) bool { return i.Cause.Kind == kind && i.Cause.Name == name && i.State == "open" })
		if why == "" && (found[0].Share == nil || probed && found[0].Moved == "") {
			why = "it has not been counted yet whom it moved"
		}
		return why
	})
	if err != nil {
		return err
	}
	i := found[0]
	s.note("incident %s: %s; detected after %s, agreed after %s, moved after %s, %.1f %% of clients", i.ID, i.Title, orUnknown(i.Detected), orUnknown(i.Agreed),
		orUnknown(i.Moved), 100**i.Share)
	first, last := s.said(kind, name)
	s.within(timeline.FirstIncident, first, tellLimit)
	s.within(timeline.LastIncident, last, tellLimit)
	var errs []error
	if colos := s.hurt(); !slices.Equal(colos, i.Colos) {
		errs = append(errs, fmt.Errorf("the incident names %s, and it is in %s", strings.Join(i.Colos, " "), strings.Join(colos, " ")))
	}
	if after := i.Start.Sub(s.fault); after < -time.Second || after > tellLimit {
		errs = append(errs, fmt.Errorf("the incident begins %s after the fault", after.Round(time.Millisecond)))
	}
	if probed && (i.First == nil || i.First.Sub(s.fault).Abs() > firstProbe) {
		errs = append(errs, fmt.Errorf("the incident's first failure is %v, and the fault was at %v", i.First, s.fault.UTC()))
	}
	return errors.Join(append(errs, s.outlasted(i))...)
}

// outlasted says whether a client was on its old answer for longer than the incident says that any is.
func (s *stage) outlasted(i lab.Incident) error {
	moved, err := time.ParseDuration(i.Moved)
	if err != nil || i.First == nil {
		return nil
	}
	for _, step := range s.out.Steps {
		if last := time.Duration(step.Seconds * float64(time.Second)); step.Name == timeline.LastClient && last > i.First.Sub(s.fault)+moved {
			return fmt.Errorf("the last client had moved %.3f s after the fault, and the incident says that all had %s after the first failure", step.Seconds, i.Moved)
		}
	}
	return nil
}

// one holds the nodes to a single incident, whatever flapped.
func (s *stage) one() error {
	return s.Await(s.ctx, 2*patience, "all nodes to tell of one incident that has ended", func() string {
		found, why := s.alike(s.World.Names(), func(lab.Incident) bool { return true })
		if why == "" && (len(found) != 1 || found[0].State != "ended") {
			why = fmt.Sprintf("there are %v", titles(found))
		}
		return why
	})
}

func orUnknown(figure string) string {
	if figure == "" {
		return "?"
	}
	return figure
}

// hurt are the colos of what is dead.
func (s *stage) hurt() (colos []string) {
	for u := range s.dead {
		colos = append(colos, u.Colo)
	}
	slices.Sort(colos)
	return slices.Compact(colos)
}

// said is when the first node, and the last of those that are not cut off, told of the cause.
func (s *stage) said(kind, name string) (first, last time.Time) {
	for _, colo := range s.judges() {
		lines := s.Record.Told(func(t lab.Told) bool {
			return t.Colo == colo && t.Kind == kind && strings.Contains(t.Title, strings.ReplaceAll(name, ":", " ")) && !t.At.Before(s.fault)
		})
		if len(lines) == 0 {
			continue
		}
		if first.IsZero() || lines[0].At.Before(first) {
			first = lines[0].At
		}
		if lines[0].At.After(last) {
			last = lines[0].At
		}
	}
	return first, last
}

// over waits until all nodes tell that the incident has ended, those too that were cut off.
func (s *stage) over(kind, name string) error {
	return s.Await(s.ctx, patience, "the incident to end on all nodes", func() (why string) {
		_, why = s.alike(s.World.Names(), func(i lab.Incident) bool { return i.Cause.Kind == kind && i.Cause.Name == name && i.State == "ended" })
		return why
	})
}

// alike gives what fits of what the nodes in some colos tell, or says who tells of nothing, or of other things than others.
func (s *stage) alike(colos []string, fits func(lab.Incident) bool) (found []lab.Incident, why string) {
	var by string
	for _, colo := range colos {
		all, err := s.Nodes[colo].Incidents(s.ctx)
		if err != nil {
			return nil, fmt.Sprintf("the node in %s: %v", colo, err)
		}
		list := slices.DeleteFunc(all, func(i lab.Incident) bool { return !fits(i) })
		switch {
		case len(list) == 0:
			return nil, fmt.Sprintf("the node in %s tells of none", colo)
		case by == "":
			found, by = list, colo
		case !reflect.DeepEqual(found, list):
			return nil, fmt.Sprintf("the nodes in %s and %s tell of it in different ways", by, colo)
		}
	}
	return found, ""
}

// auditIncidents looks for incidents that nothing explains, and once all is well for nodes that tell of others. Nodes that saw
// another world must have kept that to themselves.
//
//	in an incident stands                            then
//	that something is down that never was dead       wrong
//	that something is drained, and nothing ever was  wrong
//	that something is at risk, and nothing ever was  wrong
//	that a zone is not as it should be               wrong
func (s *stage) auditIncidents() error {
	var errs []error
	var first []lab.Incident
	alike := func() string {
		for k, colo := range s.World.Names() {
			list, err := s.Nodes[colo].Incidents(s.ctx)
			switch {
			case err != nil:
				return err.Error()
			case k == 0:
				first = list
			case !reflect.DeepEqual(first, list):
				return fmt.Sprintf("the nodes in %s and %s tell of different incidents: %v, %v", s.World.Names()[0], colo, titles(first), titles(list))
			}
		}
		return ""
	}
	if s.healed {
		if err := s.Await(s.ctx, patience, "all nodes to tell of the same incidents", alike); err != nil {
			errs = append(errs, err)
		}
	}
	for _, i := range first {
		for _, e := range i.Events {
			if !s.explains(e) {
				errs = append(errs, fmt.Errorf("incident %s (%s): nothing that was wrong explains that %s is %s", i.ID, i.Title, e.On, e.To))
			}
		}
	}
	return errors.Join(errs...)
}

func titles(list []lab.Incident) (words []string) {
	for _, i := range list {
		words = append(words, i.State+" "+i.Title)
	}
	return words
}

// explains says whether something that was wrong explains an event, by the chart above.
func (s *stage) explains(e lab.IncidentEvent) bool {
	was := func(state plan.State) bool {
		for u, of := range s.was {
			if of == state && (strings.HasPrefix(e.On, "upstream:") || strings.HasSuffix(e.On, ":"+u.String()) || e.On == "colo:"+u.Colo || strings.Contains(e.On, " in "+u.String())) {
				return true
			}
		}
		return false
	}
	switch e.To {
	case "down", "failing":
		return was(plan.Down)
	case "at-risk":
		return len(s.was) > 0
	case "drain":
		return was(plan.Drained)
	}
	return e.Kind != "zone"
}
