package delegation

import (
	"fmt"
	"net/netip"
	"slices"
)

// parent compares what the parent publishes with what the zone says (RFC 1034 section 4.2.2).
//
//	parent                                      finding
//	not asked                                   note
//	gives nothing                               warning: nothing to compare with
//	does not delegate the zone                  note: what it must publish is told
//	lists a server that the zone does not       error
//	does not list one that the zone does        error
//	has no address of a server in the zone      error: nobody finds it
//	has other addresses of it                   error
//	has other addresses of one elsewhere        warning: old glue
func (j *judgement) parent() {
	p := &j.Parent
	switch {
	case !p.Asked:
		j.find(Note, RuleParent, "the parent is not asked: judged as if it did not delegate the zone yet", "")
	case p.Err != "":
		j.find(Warning, RuleParent, "the parent is not known: "+p.Err, "name one of its servers with --parent, or say --undelegated")
	case len(p.NS) == 0:
		j.find(Note, RuleParent, fmt.Sprintf("the parent (%s) does not delegate the zone yet", p.Server), "")
	default:
		j.find(OK, RuleParent, fmt.Sprintf("the parent (%s) delegates the zone to %s", p.Server, list(p.NS)), "")
	}
	child := j.NS()
	listed := p.NS
	if len(listed) == 0 {
		for _, n := range j.Delegated() {
			listed = append(listed, n.Host)
		}
	}
	if len(child) > 0 {
		j.sameNS(listed, child)
	}
	if len(p.NS) == 0 {
		return
	}
	for _, n := range j.Names {
		if slices.Contains(p.NS, n.Host) {
			j.glue(n)
		}
	}
	j.fine(RuleGlue, "the parent has the addresses that it needs, as the zone has them")
}

func (j *judgement) sameNS(parent, child []string) {
	for _, host := range parent {
		if !slices.Contains(child, host) {
			j.find(Error, RuleParentNS, fmt.Sprintf("%s is delegated to, and is not in the zone's NS set", bare(host)), "add its NS record to the zone, or take it from the delegation")
		}
	}
	for _, host := range child {
		if !slices.Contains(parent, host) {
			j.find(Error, RuleParentNS, fmt.Sprintf("%s is in the zone's NS set, and is not delegated to", bare(host)), "have the parent list it, or take its NS record from the zone")
		}
	}
	j.fine(RuleParentNS, "the zone's NS set is the delegation's")
}

// glue compares the addresses of one server that the parent publishes with those that the zone has.
func (j *judgement) glue(n Name) {
	glue, inside := sorted(j.Parent.Glue[n.Host]), j.Inside(n.Host)
	own := n.Addrs
	if inside {
		own = j.Addresses(n.Host)
	}
	switch {
	case len(glue) == 0 && inside:
		j.find(Error, RuleGlue, fmt.Sprintf("the parent has no address of %s, which lies in the zone: nobody finds it", bare(n.Host)), "have the parent publish "+list(own))
	case len(glue) > 0 && inside && len(own) > 0 && !slices.Equal(glue, sorted(own)):
		j.find(Error, RuleGlue, fmt.Sprintf("the parent has %s for %s, the zone %s", list(glue), bare(n.Host), list(own)), "have the parent publish "+list(own))
	case len(glue) > 0 && !inside && !slices.ContainsFunc(glue, func(a netip.Addr) bool { return slices.Contains(own, a) }):
		j.find(Warning, RuleGlue, fmt.Sprintf("the parent has %s for %s, which has %s", list(glue), bare(n.Host), list(own)), "have the host object at the registry brought up to date")
	}
}
