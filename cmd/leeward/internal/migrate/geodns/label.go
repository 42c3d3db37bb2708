package geodns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// types are what may stand in a label.
var types = []string{"a", "aaaa", "alias", "cname", "mx", "ns", "txt", "spf", "srv", "ptr", "max_hosts", "closest", "ttl", "health"}

// label takes a label over. One of a target is a name too, which some ask for, but for that of an address.
func (z *zone) label(label string) error {
	n := z.labels[label]
	if !migrate.IsName(z.full(label)) {
		return n.at.Errorf("label %q is no domain name", label)
	}
	for _, m := range n.members {
		if !slices.Contains(types, m.key) {
			return m.at.Errorf("label %q: no record type %q: is %s meant?", label, m.key, steering.NearestName(m.key, types))
		}
	}
	if name, t, targeted := z.split(label); targeted {
		z.foreign(label, name, t, n)
		if t.kind == "ip" {
			return nil
		}
	}
	of, err := z.aliased(label, n)
	if err != nil {
		return err
	}
	ttl, err := n.get("ttl").number("ttl", z.ttl, 1<<31-1)
	if err != nil {
		return err
	}
	if err := z.plain(label, of, ttl); err != nil {
		return err
	}
	if err := z.addresses(label, of, ttl); err != nil {
		return err
	}
	if !z.Exists(z.full(label)) {
		z.site.Lose(n.at, quote(label)+": no records", "the name exists, and has none", "it does not exist, unless there is a name below it")
	}
	return nil
}

// foreign notes records of a target that are no addresses.
func (z *zone) foreign(label, name string, t target, n *node) {
	for _, m := range n.members {
		switch m.key {
		case "a", "aaaa", "ttl", "max_hosts":
		default:
			z.site.Lose(m.at, fmt.Sprintf("%s: %s", label, m.key), fmt.Sprintf("clients of %s %s get other records at %s",
				t.kind, t.of, z.Relative(z.full(name))),
				"only addresses are steered: the records without a target hold for all")
		}
	}
}

// aliased is the label whose records a label has: its own, or by an alias those of another.
func (z *zone) aliased(label string, n *node) (string, error) {
	within := []string{label}
	for {
		alias := n.get("alias")
		if alias == nil {
			return label, nil
		}
		label = strings.ToLower(strings.TrimSuffix(alias.text(), "."))
		to := z.labels[label]
		if to == nil {
			return "", alias.at.Errorf("alias: no label %q: is %q meant?", label, steering.NearestName(label, z.order))
		}
		if slices.Contains(within, label) {
			return "", alias.at.Errorf("alias: %q leads back to itself", label)
		}
		within, n = append(within, label), to
	}
}

// plain takes over what is no address.
func (z *zone) plain(label, of string, ttl int) error {
	n := z.labels[of]
	names, err := z.servers(n)
	if err != nil {
		return err
	}
	if of == label { // an alias has no name servers
		nsTTL, err := n.get("ttl").number("ttl", 86400, 1<<31-1)
		if err != nil {
			return err
		}
		for _, name := range names {
			z.Record(&dns.NS{Hdr: z.header(label, dns.TypeNS, nsTTL), Ns: name}, "", n.get("ns").at)
		}
	}
	for _, m := range n.members {
		var make func(string, int, *node) (dns.RR, error)
		switch m.key {
		case "cname":
			if err := z.cname(label, m, ttl); err != nil {
				return err
			}
			continue
		case "mx":
			make = z.mx
		case "txt", "spf":
			make = z.text(m.key)
		case "srv":
			make = z.srv
		case "ptr":
			make = z.ptr
		default:
			continue
		}
		weights := map[string]bool{}
		for _, item := range m.list() {
			rr, err := make(label, ttl, item)
			if err != nil {
				return err
			}
			weights[item.get("weight").text()] = true
			z.Record(rr, "", item.at)
		}
		if len(weights) > 1 {
			z.site.Lose(m.at, fmt.Sprintf("%s: %s: weights", z.Relative(z.full(label)), m.key),
				"some of the records are given, by weight", "an answer has all of them")
		}
	}
	return nil
}

// cname takes a CNAME over: a name, or [name, weight] or {cname, weight}; of several the heaviest.
func (z *zone) cname(label string, m member, ttl int) error {
	best, most, several := (*node)(nil), -1, len(m.list()) > 1
	list := m.list()
	if m.kind == isArray && len(m.items) == 2 && m.items[0].kind == isScalar && m.items[1].kind == isScalar && z.isNumber(m.items[1]) {
		list, several = []*node{m.node}, false
	}
	for _, item := range list {
		target, weight, err := item.weighted("cname")
		if err != nil {
			return err
		}
		if weight > most {
			best, most = target, weight
		}
	}
	if best == nil {
		return nil
	}
	name, err := z.name(best, true)
	if err != nil {
		return err
	}
	if several {
		z.site.Lose(m.at, z.Relative(z.full(label))+": cname: weights", "one of the CNAMEs is given, by weight",
			"a name has one CNAME, now to "+name+", the heaviest; steer the addresses at its end instead")
	}
	z.Record(&dns.CNAME{Hdr: z.header(label, dns.TypeCNAME, ttl), Target: name}, "", m.at)
	return nil
}

func (z *zone) isNumber(n *node) bool {
	_, err := strconv.Atoi(n.text())
	return err == nil
}
