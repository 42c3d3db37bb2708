package gdnsd

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

func sorted(words []string) []string {
	slices.Sort(words)
	return words
}

// params are the keys that are settings wherever addresses stand.
var params = []string{"plugin", "service_types", "up_thresh", "ignore_health", "multi", "addrs_v4", "addrs_v6"}

// address reads an address.
func address(v *value) (netip.Addr, error) {
	if v.kind != isString {
		return netip.Addr{}, v.at.Errorf("an address is wanted")
	}
	a, err := netip.ParseAddr(v.text)
	if err != nil || a.Zone() != "" {
		return a, v.at.Errorf("%q is no address", v.text)
	}
	return a.Unmap(), nil
}

// addTo adds an address to a want, as a group of its own.
func addTo(w *migrate.Want, v *value) error {
	a, err := address(v)
	if err != nil {
		return err
	}
	w.Groups = append(w.Groups, migrate.Group{Addrs: []netip.Addr{a}})
	return nil
}

// isName says whether a value is a domain name in full, as CNAME targets are.
func isName(v *value) bool {
	return v.kind == isString && strings.HasSuffix(v.text, ".") && len(v.text) > 1 && migrate.IsName(v.text)
}

// static is one address, or one CNAME.
func (c *config) static(s source) (answer, error) {
	if isName(s.value) {
		return answer{cname: s.value.text}, nil
	}
	a, err := address(s.value)
	if err != nil {
		return answer{}, err
	}
	return answer{want: &migrate.Want{Kind: steering.PolicyNone, Groups: []migrate.Group{{Addrs: []netip.Addr{a}}}}}, nil
}

// families are the values that hold addresses: addrs_v4 and addrs_v6, or the resource itself.
func (s source) families() (all []source) {
	for _, key := range []string{"addrs_v4", "addrs_v6"} {
		if v := s.value.get(key); v != nil {
			all = append(all, s.into(v, "/"+key))
		}
	}
	if len(all) == 0 {
		all = append(all, s)
	}
	return all
}

// simplefo is the first of two addresses that is up.
func (c *config) simplefo(s source) (answer, error) {
	w := &migrate.Want{Kind: steering.PolicyFailover}
	for _, f := range s.families() {
		for _, key := range []string{"primary", "secondary"} {
			v := f.value.get(key)
			if v == nil {
				return answer{}, f.value.at.Errorf("%s: no %s", f.name, key)
			}
			if err := addTo(w, v); err != nil {
				return answer{}, err
			}
		}
		if err := c.probed(f, w); err != nil {
			return answer{}, err
		}
	}
	return answer{want: w}, nil
}

// multifo is all addresses that are up; with ignore_health all.
func (c *config) multifo(s source) (answer, error) {
	w := &migrate.Want{Kind: steering.PolicyAll}
	for _, f := range s.families() {
		var values []*value
		if f.value.kind == isHash {
			for _, p := range f.value.pairs {
				if !slices.Contains(params, p.key) {
					values = append(values, p.value)
				}
			}
		} else {
			values = f.value.list()
		}
		for _, v := range values {
			if err := addTo(w, v); err != nil {
				return answer{}, err
			}
		}
		if err := c.probed(f, w); err != nil {
			return answer{}, err
		}
		c.thresh(f)
		if f.is("ignore_health") {
			w.Kind = steering.PolicyNone
		}
	}
	if len(w.Groups) == 0 {
		return answer{}, s.value.at.Errorf("%s: no addresses", s.name)
	}
	return answer{want: w}, nil
}

// thresh notes a threshold that somebody has set.
func (c *config) thresh(s source) {
	v := s.setting("up_thresh")
	if v == nil {
		return
	}
	if part, err := strconv.ParseFloat(v.text, 64); err == nil && part > 0.1 {
		c.site.Lose(v.at, s.name+": up_thresh = "+v.text, "with fewer up than this part, all are given, or the next datacenter answers",
			"Leeward gives what is up, as long as anything is")
	}
}
