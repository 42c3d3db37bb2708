package incident

import (
	"fmt"
	"slices"
	"strings"
)

// cause is why there are these troubles. The first row that fits:
//
//	among them is, or they begin with                        cause
//	they begin with a drain                                  operator
//	an upstream found failing                                upstream
//	a colo without an uplink, and nothing outside of it      colo
//	an uplink                                                uplink
//	a service                                                service
//	a colo                                                   colo
//	anything else                                            zone
func cause(group []*episode) Cause {
	has := func(kind string) *episode {
		at := slices.IndexFunc(group, func(p *episode) bool { return p.is(kind) })
		if at < 0 {
			return nil
		}
		return group[at]
	}
	upstream, colo, uplink, service := has("upstream"), has("colo"), has("uplink"), has("service")
	apart := func(p *episode) bool { return p.kind == Verdict && p.colo != colo.colo }
	kind, of := "zone", group[0]
	switch {
	case group[0].kind == Override:
		kind = "operator"
	case upstream != nil:
		kind, of = "upstream", upstream
	case colo != nil && colo.worst() == down && !slices.ContainsFunc(group, apart):
		kind, of = "colo", colo
	case uplink != nil:
		kind, of = "uplink", uplink
	case service != nil:
		kind, of = "service", service
	case colo != nil:
		kind, of = "colo", colo
	}
	c := Cause{Kind: kind, Name: of.name()}
	if kind == "operator" {
		c.Name = of.on
	}
	c.Words = sentence(kind, c.Name, of, of.open)
	switch reason := of.reason(); {
	case kind == "upstream":
		if lost := through(group, c.Name); lost != "" {
			c.Words += ": " + lost + " went down"
		}
	case reason != "":
		c.Words += ": " + reason
	}
	return c
}

// through are the uplinks through an upstream that went down.
func through(group []*episode, upstream string) string {
	var names []string
	for _, p := range group {
		if p.is("uplink") && p.worst() == down && slices.Contains(p.upstreams, upstream) {
			names = append(names, p.name())
		}
	}
	slices.Sort(names)
	return some(names)
}

// some lists names, if there are many the first of them.
func some(names []string) string {
	more := ""
	if over := len(names) - maxTitled; over > 0 {
		names, more = names[:maxTitled], fmt.Sprintf(" and %d more", over)
	}
	return strings.Join(names, ", ") + more
}

// name is the name of the thing without what it is.
func (p *episode) name() string {
	_, name, _ := strings.Cut(p.on, ":")
	if p.kind == Zone {
		return strings.TrimSuffix(name, ".")
	}
	return name
}

// worst is the worst that the thing was.
func (p *episode) worst() (to string) {
	rank := []string{"", atRisk, Refused, Expired, Unserved, down, failing, Drained}
	for _, e := range p.events {
		if e.Kind.bad(e.To) && slices.Index(rank, e.To) > slices.Index(rank, to) {
			to = e.To
		}
	}
	return to
}

// reason is that of the last word that it is in trouble.
func (p *episode) reason() string {
	for _, e := range slices.Backward(p.events) {
		if e.Kind.bad(e.To) && e.To == p.worst() {
			return e.Reason
		}
	}
	return ""
}

// sentence says what is wrong, or was.
func sentence(kind, name string, p *episode, open bool) string {
	is := "is"
	if !open {
		is = "was"
	}
	switch worst := p.worst(); {
	case kind == "operator":
		return strings.Replace(name, ":", " ", 1) + " " + is + " drained"
	case worst == failing && open:
		return "upstream " + name + " is failing"
	case worst == failing:
		return "upstream " + name + " failed"
	case worst == atRisk:
		return fmt.Sprintf("%s %s %s at risk", kind, name, is)
	case worst == down:
		return fmt.Sprintf("%s %s %s down", kind, name, is)
	case worst == Expired:
		return fmt.Sprintf("zone %s %s expired: its primaries do not answer", name, is)
	case worst == Unserved:
		return fmt.Sprintf("zone %s %s not served", name, is)
	}
	return fmt.Sprintf("zone %s %s not served as its file stands", name, is)
}

// maxTitled is how many things are named in a line.
const maxTitled = 8

// title tells an incident in a line.
func title(group []*episode, c Cause, open bool) string {
	of := group[0]
	for _, p := range group {
		if p.is(c.Kind) && p.name() == c.Name {
			of = p
		}
	}
	text := sentence(c.Kind, c.Name, of, open && (of.open || c.Kind != "operator"))
	switch c.Kind {
	case "operator":
		if reason := of.reason(); reason != "" {
			text += ": " + reason
		}
		return text
	case "zone":
		return text
	}
	if colos := lost(group); len(colos) > 0 && (c.Kind == "upstream" || len(colos) > 1) {
		text += ": " + some(colos)
	}
	if still := drains(group); open && still != "" && !slices.ContainsFunc(group, func(p *episode) bool { return p.open && p.kind == Verdict }) {
		text = sentence(c.Kind, c.Name, of, false) + ", and " + still + " is still drained"
	}
	return text
}

// lost are the colos in which something went down, or if nothing did, is at risk.
func lost(group []*episode) (colos []string) {
	for _, least := range []string{down, atRisk} {
		for _, p := range group {
			if p.kind == Verdict && p.colo != "" && p.worst() == least {
				colos = append(colos, p.colo)
			}
		}
		if len(colos) > 0 {
			break
		}
	}
	slices.Sort(colos)
	return slices.Compact(colos)
}

// drains are the places that are still drained.
func drains(group []*episode) string {
	var list []string
	for _, p := range group {
		if p.kind == Override && p.open {
			list = append(list, strings.Replace(p.on, ":", " ", 1))
		}
	}
	return strings.Join(list, ", ")
}
