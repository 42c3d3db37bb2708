package gdnsd

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// metafo is the first datacenter that is up.
func (c *config) metafo(s source) (answer, error) {
	list := s.value.get("datacenters").list()
	if len(list) == 0 {
		return answer{}, s.value.at.Errorf("%s: no datacenters", s.name)
	}
	w := &migrate.Want{Kind: steering.PolicyFailover}
	names := texts(list)
	if s.is("skip_first") && len(names) > 1 {
		names = names[1:]
	}
	return c.datacenters(s, w, names)
}

func texts(values []*value) (all []string) {
	for _, v := range values {
		all = append(all, v.text)
	}
	return all
}

// datacenters gives each datacenter a group of the want. Those that have no addresses are left out; if none has, the answer
// is the CNAME of the first that has one.
func (c *config) datacenters(s source, w *migrate.Want, names []string) (answer, error) {
	dcmap := s.value.get("dcmap")
	if err := dcmap.hash(s.name + ": dcmap"); dcmap == nil || err != nil {
		return answer{}, cmp.Or(err, s.value.at.Errorf("%s: no dcmap", s.name))
	}
	for _, p := range dcmap.pairs {
		if all := texts(c.defined(s)); !slices.Contains(all, p.key) {
			return answer{}, p.at.Errorf("%s: dcmap: no datacenter %q: is %s meant?", s.name, p.key, steering.NearestName(p.key, all))
		}
	}
	var cname string
	for _, name := range names {
		v := dcmap.get(name)
		if v == nil && s.is("undefined_datacenters_ok") {
			continue
		}
		if v == nil {
			return answer{}, dcmap.at.Errorf("%s: dcmap lacks the datacenter %s", s.name, name)
		}
		dc, err := c.datacenter(s.into(v, "/"+name), name)
		if err != nil {
			return answer{}, err
		}
		if dc.want == nil {
			cname = cmp.Or(cname, dc.cname)
			continue
		}
		c.site.Colo(name, nil)
		w.Groups = append(w.Groups, migrate.Group{Colo: name, Addrs: flat(dc.want)})
		w.Check = cmp.Or(w.Check, dc.want.Check)
	}
	if len(w.Groups) > 0 {
		return answer{want: w}, nil
	}
	return answer{cname: cname}, nil
}

// defined are the datacenters that a resource may have.
func (c *config) defined(s source) []*value {
	if name := s.value.get("map"); name != nil {
		return c.plugins.get("geoip").get("maps").get(name.text).get("datacenters").list()
	}
	return s.value.get("datacenters").list()
}

func flat(w *migrate.Want) (all []netip.Addr) {
	for _, g := range w.Groups {
		all = append(all, g.Addrs...)
	}
	return all
}

// datacenter is what one datacenter answers with: all its addresses.
//
//	the value                  is
//	address, or an array       these addresses
//	a name in full             a CNAME, with a note
//	%PLUGIN!RESOURCE           the addresses of that resource; of a meta plugin, nothing, with a note
//	a hash                     the addresses of a resource of its plugin (multifo)
func (c *config) datacenter(s source, name string) (a answer, err error) {
	v, plugin := s.value, "multifo"
	if p := s.setting("plugin"); p != nil {
		plugin = p.text
	}
	switch {
	case v.kind == isHash:
		p, known := plugins()[plugin]
		if !known || p.in != "" {
			c.site.Lose(v.at, s.name+": plugin "+plugin, "the datacenter answers by another plugin",
				"the colo "+name+" is left out: give its addresses")
			return answer{}, nil
		}
		a, err = p.read(c, s)
	case v.kind == isArray:
		a, err = c.multifo(s)
	case strings.HasPrefix(v.text, "%") || strings.HasPrefix(v.text, "!"):
		ref := strings.TrimPrefix(v.text, "%")
		if strings.HasPrefix(ref, "!") {
			ref = plugin + ref
		}
		of, _, _ := strings.Cut(ref, "!")
		if plugins()[of].in != "" {
			c.site.Lose(v.at, s.name+": "+v.text, "the datacenter is a whole "+of+" resource",
				"the colo "+name+" is left out: a policy holds no other policy")
			return answer{}, nil
		}
		plugin = of
		a, err = c.resource(v.at, ref)
	case isName(v):
		c.site.Lose(v.at, s.name+": "+v.text, "the datacenter answers with a CNAME",
			"it is left out: give addresses, or fallback= with those of "+v.text)
		return answer{cname: v.text}, nil
	default:
		one := s
		one.value = &value{at: v.at, kind: isArray, items: []*value{v}}
		a, err = c.multifo(one)
	}
	if err == nil && a.want != nil && len(a.want.Groups) > 1 && (plugin == "simplefo" || plugin == "weighted") && v.kind != isArray {
		c.site.Lose(v.at, s.name+": "+plugin, "one address of the datacenter is chosen", "an answer has all addresses of the colo "+name)
	}
	return a, err
}

// only is what RESOURCE/DATACENTER answers with.
func (c *config) only(s source, name string) (answer, error) {
	v := s.value.get("dcmap").get(name)
	if v == nil {
		return answer{}, s.at.Errorf("%s: dcmap has no datacenter %q: is %s meant?", s.name, name,
			steering.NearestName(name, s.value.get("dcmap").keys()))
	}
	a, err := c.datacenter(s.into(v, ""), name)
	if err != nil || a.want == nil {
		return a, err
	}
	c.site.Colo(name, nil)
	w := &migrate.Want{Kind: steering.PolicyNone, Check: a.want.Check, Groups: []migrate.Group{{Colo: name, Addrs: flat(a.want)}}}
	return answer{want: w}, nil
}
