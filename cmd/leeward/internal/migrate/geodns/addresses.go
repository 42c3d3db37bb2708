package geodns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// addresses takes over the addresses of a label, and those that it has for some clients.
func (z *zone) addresses(label, of string, ttl int) error {
	n := z.labels[of]
	for _, family := range []struct {
		key string
		t   uint16
	}{{"a", dns.TypeA}, {"aaaa", dns.TypeAAAA}} {
		groups, err := z.groups(n, family.key)
		if err != nil {
			return err
		}
		w := &migrate.Want{Groups: groups, At: n.at, TTL: steering.TTL{Max: uint32(max(ttl, 1))}, Was: "label " + quote(of)}
		if err := z.choice(w, of, n); err != nil {
			return err
		}
		if w.Kind == steering.PolicyAll && w.Check == nil {
			w.Groups = joined(w.Groups)
		}
		if err := z.targets(w, of, family.key, len(groups)); err != nil {
			return err
		}
		if len(w.Groups) == 0 {
			continue
		}
		if err := z.Want(z.full(label), uint32(ttl), family.t, w); err != nil {
			z.site.Lose(n.at, z.Relative(z.full(label))+": "+family.key, "one choice for each family", err.Error())
		}
	}
	return nil
}

func quote(label string) string { return fmt.Sprintf("%q", label) }

// groups are the addresses of one family, each for itself.
func (z *zone) groups(n *node, key string) (groups []migrate.Group, err error) {
	list := n.get(key)
	if list == nil {
		return nil, nil
	}
	items := list.list()
	if list.kind == isArray && len(list.items) > 0 && list.items[0].kind == isScalar { // [ADDRESS, WEIGHT] without a list around it
		items = []*node{list}
		if len(list.items) > 1 && !z.isNumber(list.items[1]) {
			items = list.items
		}
	}
	for _, item := range items {
		value, weight, err := item.weighted(key)
		if err != nil {
			return nil, err
		}
		a, err := netip.ParseAddr(value.text())
		if err != nil || a.Zone() != "" || a.Is4() != (key == "a") {
			return nil, value.at.Errorf("%s: %q is no such address", key, value.text())
		}
		groups = append(groups, migrate.Group{Addrs: []netip.Addr{a}, Weight: weight})
	}
	return groups, nil
}

// joined are groups as one: addresses that are always given together.
func joined(groups []migrate.Group) []migrate.Group {
	if len(groups) == 0 {
		return nil
	}
	var one migrate.Group
	for _, g := range groups {
		one.Addrs = append(one.Addrs, g.Addrs...)
	}
	return []migrate.Group{one}
}

// choice says how addresses are chosen among.
//
//	the label has                       policy
//	no more addresses than max_hosts    all
//	closest                             nearest, with a note
//	equal weights, or none              spread; count=max_hosts
//	weights                             weighted; count=max_hosts
func (z *zone) choice(w *migrate.Want, of string, n *node) error {
	most, err := n.get("max_hosts").number("max_hosts", z.maxHosts, 1<<31-1)
	if err != nil {
		return err
	}
	closest := z.closest
	if v := n.get("closest"); v != nil {
		closest = v.scalar == true
	}
	differ := slices.ContainsFunc(w.Groups, func(g migrate.Group) bool { return g.Weight != w.Groups[0].Weight })
	w.Kind = steering.PolicyWeighted
	switch {
	case len(w.Groups) <= most:
		w.Kind = steering.PolicyAll
	case closest:
		w.Kind = steering.PolicyNearest
		z.site.Lose(n.at, quote(of)+": closest",
			"the addresses nearest to the client by where the addresses are, and all that are hardly farther, by weight",
			"the colo nearest to the client: give each colo its location, and put addresses of one place into one colo")
	case !differ:
		w.Kind = steering.PolicySpread
	}
	if most > 1 && w.Kind != steering.PolicyAll {
		w.Count = most
	}
	w.Check, err = z.health(of, n)
	return err
}

// targets adds what labels of targets have.
//
//	country     country=
//	asn         asn=
//	any other   a note
func (z *zone) targets(w *migrate.Want, of, key string, own int) error {
	for _, label := range z.targeted[of] {
		name, t, _ := z.split(label)
		n := z.labels[label]
		groups, err := z.groups(n, key)
		if err != nil {
			return err
		}
		if len(groups) == 0 {
			continue
		}
		most, err := n.get("max_hosts").number("max_hosts", z.maxHosts, 1<<31-1)
		if err != nil {
			return err
		}
		rule, together := migrate.Rule{Of: t.of}, groups
		if len(groups) <= most {
			together = joined(groups)
		}
		for _, g := range together {
			if own > 0 && (t.kind == "country" || t.kind == "asn") {
				rule.Groups = append(rule.Groups, z.aside(w, g))
			}
		}
		switch {
		case own == 0:
			z.site.Lose(n.at, fmt.Sprintf("%s: %s", label, key), fmt.Sprintf("clients of %s %s alone get addresses", t.kind, t.of),
				"Leeward gives addresses to every client: write them at "+z.Relative(z.full(name)))
		case t.kind == "country":
			w.Countries = append(w.Countries, rule)
		case t.kind == "asn":
			w.ASNs = append(w.ASNs, rule)
		default:
			z.site.Lose(n.at, fmt.Sprintf("%s: %s %s", label, key, list(groups)),
				fmt.Sprintf("clients of %s %s get these addresses", t.kind, t.of),
				"they get what is without a target: policy=nearest with these addresses beside the others does much the same, or country=")
		}
	}
	return nil
}

// list is addresses in a line.
func list(groups []migrate.Group) string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Addrs[0].String())
	}
	return strings.Join(all, ", ")
}

// aside is the group of these addresses: one that is there, or a new one that only rules give.
func (z *zone) aside(w *migrate.Want, g migrate.Group) int {
	for i, known := range w.Groups {
		if slices.Equal(known.Addrs, g.Addrs) {
			return i
		}
	}
	g.Aside = true
	w.Groups = append(w.Groups, g)
	return len(w.Groups) - 1
}
