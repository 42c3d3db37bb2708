package pdns

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// ifPortUp reads ifportup(PORT, ADDRESSES, OPTIONS).
func (c carrier) ifPortUp(e *expr) (*migrate.Want, error) {
	if err := wants(e, 2, 3); err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(e.args[0].text, 10, 16)
	if err != nil || port == 0 {
		return nil, fmt.Errorf("%q is no port", e.args[0].text)
	}
	check := &migrate.Check{Name: fmt.Sprintf("ifportup %d", port), At: c.at}
	check.Type, check.Port = steering.CheckTCP, uint16(port)
	return c.up(e, check)
}

// ifURLUp reads ifurlup(URL, ADDRESSES, OPTIONS).
func (c carrier) ifURLUp(e *expr) (*migrate.Want, error) {
	if err := wants(e, 2, 3); err != nil {
		return nil, err
	}
	u, err := url.Parse(e.args[0].text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is no URL of http or https", e.args[0].text)
	}
	check := &migrate.Check{Name: "ifurlup " + u.String(), At: c.at}
	check.Type, check.Host, check.Path = steering.CheckType(u.Scheme), u.Hostname(), u.RequestURI()
	check.Port = map[string]uint16{"http": 80, "https": 443}[u.Scheme]
	if u.Port() != "" {
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || port == 0 {
			return nil, fmt.Errorf("%q is no port", u.Port())
		}
		check.Port = uint16(port)
	}
	return c.up(e, check)
}

// up is what ifportup and ifurlup have in common: sets of addresses, of which the first counts that has any up; in it the
// selector chooses.
func (c carrier) up(e *expr, check *migrate.Check) (*migrate.Want, error) {
	selector := "random"
	if len(e.args) == 3 {
		selector = c.options(e.args[2], check)
	}
	sets := [][]netip.Addr{}
	if list := e.args[1]; len(list.fields) > 0 && list.fields[0].value.kind == sign {
		for _, f := range list.fields {
			set, err := c.addrs(f.value)
			if err != nil {
				return nil, err
			}
			sets = append(sets, set)
		}
	} else {
		set, err := c.addrs(list)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	w := &migrate.Want{Check: check}
	if len(sets) == 1 {
		w.Kind = kindOf(selector)
		for _, a := range sets[0] {
			w.Groups = append(w.Groups, migrate.Group{Addrs: []netip.Addr{a}})
		}
		return w, nil
	}
	w.Kind = steering.PolicyFailover
	for _, set := range sets {
		w.Groups = append(w.Groups, migrate.Group{Addrs: set})
		if len(set) > 1 && selector != "all" {
			w.Count = 1
		}
	}
	if selector == "pickclosest" && w.Count > 0 {
		c.note("selector='pickclosest' in a set", "the closest address of the set is given", "an answer has the addresses of the set's colo")
	}
	return w, nil
}

// kindOf is the policy for a selector.
func kindOf(selector string) steering.PolicyKind {
	switch selector {
	case "all":
		return steering.PolicyAll
	case "pickclosest":
		return steering.PolicyNearest
	}
	return steering.PolicySpread
}

// options reads {selector='all', ...}. What has nothing like it is noted.
func (c carrier) options(e *expr, check *migrate.Check) (selector string) {
	selector = "random"
	for _, f := range e.fields {
		value := f.value.text
		switch f.key {
		case "selector":
			known := []string{"all", "hashed", "pickclosest", "random"}
			if selector = value; !slices.Contains(known, value) {
				c.note("selector="+value, "", "it is taken for random: is "+steering.NearestName(value, known)+" meant?")
			}
		case "timeout", "interval":
			seconds, err := strconv.ParseUint(value, 10, 16)
			if err != nil || seconds == 0 || seconds > 10 {
				c.note(f.key+"="+value, "", "set check."+f.key+" in the configuration: a timeout is 10s at the most")
				continue
			}
			if f.key == "timeout" {
				check.Timeout = time.Duration(seconds) * time.Second
			} else {
				check.Interval = time.Duration(seconds) * time.Second
			}
		case "backupSelector":
			c.note("backupSelector="+value, "which of the addresses are given when all are down", "the same as when all are up")
		default:
			c.note(strings.TrimSpace(f.key+"="+value), "a setting of the probe", "Leeward's check has none like it: see docs/configuration.md")
		}
	}
	return selector
}
