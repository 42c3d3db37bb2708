package delegation

import (
	"fmt"
	"net/netip"
	"slices"
)

// The prefixes within which registries take addresses for one network, and which are the longest that most providers
// route.
const (
	network4 = 24
	network6 = 48
)

// networks judges whether one network's failure takes all name servers (RFC 2182 section 3.1), for each family with
// addresses: a single one is a warning, and so are several in one prefix. Of whom the networks are cannot be known
// offline.
func (j *judgement) networks() {
	var all []netip.Addr
	for _, n := range j.Delegated() {
		all = append(all, n.Addrs...)
	}
	v4, v6 := split(all)
	for _, family := range []struct {
		addrs []netip.Addr
		bits  int
	}{{v4, network4}, {v6, network6}} {
		if len(family.addrs) == 0 {
			continue
		}
		first, _ := family.addrs[0].Prefix(family.bits) // the bits fit the family
		if len(family.addrs) == 1 {
			j.find(Warning, RuleNetworks, fmt.Sprintf("%s is the only address of its family: one failure takes it", family.addrs[0]), "give another name server one too")
		} else if !slices.ContainsFunc(family.addrs, func(a netip.Addr) bool { return !first.Contains(a) }) {
			j.find(Warning, RuleNetworks, fmt.Sprintf("all addresses of the family lie in %s: one failure takes them all", first), "put a name server into another network")
		}
	}
	if len(all) > 0 {
		j.fine(RuleNetworks, "the addresses lie in different networks (/%d, /%d)", network4, network6)
		j.find(Note, RuleNetworks, "whether the networks are of different operators (AS) is not known offline; registries look it up", "")
	}
}

// colos judges whether the failure of one colo takes all name servers, where colos are configured.
//
//	addresses in          finding
//	two colos or more     ok
//	one, some in none     note: where the others are is not known here
//	one                   warning
//	none                  note
func (j *judgement) colos() {
	if j.Colo == nil {
		return
	}
	var in []string
	outside := 0
	for _, n := range j.Delegated() {
		for _, addr := range n.Addrs {
			if colo := j.Colo(addr); colo == "" {
				outside++
			} else if !slices.Contains(in, colo) {
				in = append(in, colo)
			}
		}
	}
	slices.Sort(in)
	switch {
	case len(in) > 1:
		j.find(OK, RuleColos, "the addresses lie in the colos "+list(in), "")
	case len(in) == 1 && outside == 0:
		j.find(Warning, RuleColos, fmt.Sprintf("all addresses lie in the colo %s: its failure takes them all", in[0]), "put a name server into another colo")
	case len(in) == 1:
		j.find(Note, RuleColos, fmt.Sprintf("addresses lie in the colo %s, and %d in no uplink of the configuration", in[0], outside), "")
	case outside > 0:
		j.find(Note, RuleColos, "no address lies in an uplink of the configuration: in which colos they are is not known here", "")
	}
}
