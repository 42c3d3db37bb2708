package gdnsd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/master"
	"leeward/steering"
)

// answer is what a resource answers with: addresses by a policy, or a CNAME. Neither: it cannot be carried over.
type answer struct {
	want  *migrate.Want
	cname string
}

// source is a resource of a plugin in the course of being read.
type source struct {
	at    migrate.Place // of the record that names it
	name  string        // "geoip!www"
	value *value
	above []*value // that it takes settings over from, the nearest first
}

// setting is a setting of the resource, or of what stands above it; nil if there is none.
func (s source) setting(key string) *value {
	if v := s.value.get(key); v != nil {
		return v
	}
	for _, v := range s.above {
		if v := v.get(key); v != nil {
			return v
		}
	}
	return nil
}

// is says whether a setting is true.
func (s source) is(key string) bool {
	v := s.setting(key)
	return v != nil && strings.EqualFold(v.text, "true")
}

// into is a source for something in the value.
func (s source) into(v *value, name string) source {
	return source{s.at, s.name + name, v, append([]*value{s.value}, s.above...)}
}

// plugin is how a plugin's resources are read, and which of its keys are no resources.
type plugin struct {
	read     func(*config, source) (answer, error)
	settings []string
	in       string // the key that resources stand under; "": they stand beside the settings
}

// plugins are those that are carried over.
func plugins() map[string]plugin {
	return map[string]plugin{
		"static":   {read: (*config).static},
		"simplefo": {read: (*config).simplefo, settings: []string{"service_types"}},
		"multifo":  {read: (*config).multifo, settings: []string{"service_types", "up_thresh", "ignore_health"}},
		"weighted": {read: (*config).weighted, settings: []string{"service_types", "up_thresh", "multi"}},
		"metafo":   {read: (*config).metafo, in: "resources"},
		"geoip":    {read: (*config).geoip, in: "resources"},
	}
}

// foreign are plugins of gdnsd that are known, and have nothing like them.
var foreign = []string{"reflect", "null", "extmon", "extfile", "http_status", "tcp_connect"}

// dynamic takes a DYNA or DYNC record over.
func (c *config) dynamic(z *migrate.Zone, r master.Record) error {
	if len(r.Data) != 1 {
		return r.At.Errorf("%s %s: one PLUGIN!RESOURCE is wanted", r.Owner, r.Type)
	}
	ref := r.Data[0].Text()
	ttl, err := c.ttl(r)
	if err != nil {
		return err
	}
	a, err := c.resource(r.At, ref)
	switch {
	case err != nil:
		return err
	case a.cname != "" && r.Type == "DYNA":
		return r.At.Errorf("%s DYNA %s: it gives a CNAME, which only DYNC may", r.Owner, ref)
	case a.cname != "":
		rr := &dns.CNAME{Hdr: dns.RR_Header{Name: r.Owner, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: ttl.Max}, Target: a.cname}
		z.Record(rr, " "+r.Type+" "+ref, r.At)
		return nil
	case a.want == nil:
		c.site.Lose(r.At, z.Relative(r.Owner)+": "+r.Type+" "+ref, "the name has no records now", "write its records by hand")
		return nil
	}
	a.want.At, a.want.Was, a.want.TTL = r.At, r.Type+" "+ref, ttl
	if err := z.Want(r.Owner, ttl.Max, dns.TypeNone, a.want); err != nil {
		return r.At.Errorf("%s: %w", r.Owner, err)
	}
	return nil
}

// ttl is the TTL of DYNA and DYNC: MAX or MAX/MIN, where MIN is half of MAX if it is not given.
func (c *config) ttl(r master.Record) (steering.TTL, error) {
	longest, shortest, both := strings.Cut(r.TTL, "/")
	most := r.Default
	var err error
	if longest != "" {
		if most, err = master.ParseTTL(longest); err != nil {
			return steering.TTL{}, r.At.Errorf("%s: %w", r.Owner, err)
		}
	}
	least := most / 2
	if both {
		if least, err = master.ParseTTL(shortest); err != nil {
			return steering.TTL{}, r.At.Errorf("%s: %w", r.Owner, err)
		}
	}
	most, least = c.bounded(most), c.bounded(least)
	if least > most {
		return steering.TTL{}, r.At.Errorf("%s: the TTL %s: the second is more than the first", r.Owner, r.TTL)
	}
	return steering.TTL{Max: max(most, 1), Min: max(least, 1)}, nil
}

// resource is what PLUGIN!RESOURCE answers with.
func (c *config) resource(at migrate.Place, ref string) (answer, error) {
	name, resource, _ := strings.Cut(ref, "!")
	p, known := plugins()[name]
	if !known {
		return answer{}, c.unknown(at, ref, name)
	}
	top := c.plugins.get(name)
	if top == nil {
		return answer{}, at.Errorf("%s: the configuration has no plugin %s", ref, name)
	}
	list := top
	if p.in != "" {
		if list = top.get(p.in); list == nil {
			return answer{}, top.at.Errorf("plugin %s: no %s", name, p.in)
		}
	}
	if err := cmp.Or(top.hash("plugin "+name), list.hash("plugin "+name)); err != nil {
		return answer{}, err
	}
	if base, dc, ok := c.partOf(p, list, resource); ok {
		return c.only(source{at, ref, base, []*value{top}}, dc)
	}
	v := list.get(resource)
	if v == nil || slices.Contains(p.settings, resource) && p.in == "" {
		var names []string
		for _, key := range list.keys() {
			if p.in != "" || !slices.Contains(p.settings, key) {
				names = append(names, key)
			}
		}
		return answer{}, at.Errorf("%s: plugin %s has no resource %q: is %s meant?", ref, name, resource, steering.NearestName(resource, names))
	}
	return p.read(c, source{at, ref, v, []*value{top}})
}

// partOf takes RESOURCE/DATACENTER apart.
func (c *config) partOf(p plugin, list *value, resource string) (base *value, dc string, ok bool) {
	cut := strings.LastIndexByte(resource, '/')
	if p.in == "" || cut < 0 || list.get(resource) != nil {
		return nil, "", false
	}
	base = list.get(resource[:cut])
	return base, resource[cut+1:], base != nil
}

// unknown is about a plugin that is not carried over.
func (c *config) unknown(at migrate.Place, ref, name string) error {
	switch {
	case slices.Contains(foreign, name):
	case c.plugins.get(name) != nil: // somebody's own
	default:
		var names []string
		for known := range plugins() {
			names = append(names, known)
		}
		return at.Errorf("%s: no plugin %q: is %s meant?", ref, name, steering.NearestName(name, sorted(append(names, foreign...))))
	}
	c.site.Lose(at, ref, "plugin "+name+" answers", "Leeward has no plugins")
	return nil
}
