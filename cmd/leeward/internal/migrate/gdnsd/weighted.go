package gdnsd

import (
	"slices"
	"strconv"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// weighted is one of several by weight.
//
//	in the resource       multi    becomes
//	[address, weight]     false    policy=weighted
//	[address, weight]     true     policy=weighted, with a note
//	groups of these       false    a colo for each group, by the sum of its weights; where the weights in a group differ, with a note
//	groups of these       true     likewise, with a note
//	[name, weight]        -        a CNAME to the heaviest, with a note
func (c *config) weighted(s source) (answer, error) {
	w := &migrate.Want{Kind: steering.PolicyWeighted}
	var cname string
	heaviest := -1
	for _, f := range s.families() {
		if err := f.value.hash(f.name); err != nil {
			return answer{}, err
		}
		for _, p := range f.value.pairs {
			if slices.Contains(params, p.key) {
				continue
			}
			if p.kind == isArray && len(p.items) == 2 && isName(p.items[0]) {
				weight, err := weightOf(p.items[1])
				if err != nil {
					return answer{}, err
				}
				if weight > heaviest {
					heaviest, cname = weight, p.items[0].text
				}
				continue
			}
			g, err := c.group(f, p)
			if err != nil {
				return answer{}, err
			}
			w.Groups = append(w.Groups, g)
		}
		if err := c.probed(f, w); err != nil {
			return answer{}, err
		}
		c.thresh(f)
		if v := f.setting("multi"); f.is("multi") && cname == "" {
			c.site.Lose(v.at, s.name+": multi = true",
				"an answer has several addresses or groups, each as often as its weight says beside the heaviest",
				"an answer has one colo, as often as its weight says")
		}
	}
	switch {
	case cname != "":
		c.site.Lose(s.value.at, s.name+": weighted names", "the answer is one of several CNAMEs by weight",
			"a name has one CNAME, now to "+cname+", the heaviest; steer the addresses at its end instead")
		return answer{cname: cname}, nil
	case len(w.Groups) == 0:
		return answer{}, s.value.at.Errorf("%s: no addresses", s.name)
	}
	return answer{want: w}, nil
}

// group reads an address with its weight, or a group of such.
func (c *config) group(s source, p pair) (g migrate.Group, err error) {
	list := []pair{p}
	if p.kind == isHash {
		list = p.value.pairs
	}
	first, differ := 0, false
	for i, item := range list {
		if item.kind != isArray || len(item.items) != 2 {
			return g, item.at.Errorf("%s: %s: [ADDRESS, WEIGHT] is wanted", s.name, item.key)
		}
		a, err := address(item.items[0])
		if err != nil {
			return g, err
		}
		weight, err := weightOf(item.items[1])
		if err != nil {
			return g, err
		}
		if i == 0 {
			first = weight
		}
		differ = differ || weight != first
		g.Addrs, g.Weight = append(g.Addrs, a), g.Weight+weight
	}
	if len(g.Addrs) == 0 {
		return g, p.at.Errorf("%s: %s: no addresses", s.name, p.key)
	}
	if differ {
		c.site.Lose(p.at, s.name+": "+p.key+": weights in a group", "lighter addresses of the group are left out of some answers",
			"an answer has all addresses of the group's colo")
	}
	return g, nil
}

// weightOf reads a weight.
func weightOf(v *value) (int, error) {
	n, err := strconv.ParseUint(v.text, 10, 31)
	if err != nil || v.kind != isString || n > 1048575 {
		return 0, v.at.Errorf("%q is no weight, which is from 0 to 1048575", v.text)
	}
	return int(n), nil
}
