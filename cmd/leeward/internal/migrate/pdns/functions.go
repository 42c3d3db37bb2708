package pdns

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// functions are those that are carried over, with what they become.
//
//	constant, {constants}, all       the addresses as they are written
//	pickrandom, pickhashed           policy=spread
//	pickrandomsample                 policy=spread; count=
//	pickwrandom, pickwhashed         policy=weighted
//	pickclosest                      policy=nearest
//	ifportup, ifurlup                one set: by the selector; several: policy=failover
func functions() map[string]func(carrier, *expr) (*migrate.Want, error) {
	return map[string]func(carrier, *expr) (*migrate.Want, error){
		"all":              pick(steering.PolicyNone),
		"pickrandom":       pick(steering.PolicySpread),
		"pickhashed":       pick(steering.PolicySpread),
		"pickclosest":      pick(steering.PolicyNearest),
		"pickrandomsample": carrier.sample,
		"pickwrandom":      carrier.weighted,
		"pickwhashed":      carrier.weighted,
		"ifportup":         carrier.ifPortUp,
		"ifurlup":          carrier.ifURLUp,
	}
}

// value is what an expression answers with.
func (c carrier) value(e *expr) (*migrate.Want, error) {
	switch {
	case e.call:
		f, known := functions()[e.text]
		if !known {
			near := steering.NearestName(e.text, slices.Sorted(maps.Keys(functions())))
			return nil, fmt.Errorf("the function %s is not carried over (of those that are, %s is the nearest in spelling)", e.text, near)
		}
		return f(c, e)
	case e.kind == name:
		return nil, fmt.Errorf("the variable %s is not known here", e.text)
	}
	return c.each(steering.PolicyNone, e)
}

// each is a want of addresses that stand for themselves, unless they are given as they are written.
func (c carrier) each(kind steering.PolicyKind, e *expr) (*migrate.Want, error) {
	addrs, err := c.addrs(e)
	if err != nil {
		return nil, err
	}
	w := &migrate.Want{Kind: kind}
	if kind == steering.PolicyNone { // always given together
		w.Groups = []migrate.Group{{Addrs: addrs}}
		return w, nil
	}
	for _, a := range addrs {
		w.Groups = append(w.Groups, migrate.Group{Addrs: []netip.Addr{a}})
	}
	return w, nil
}

// addrs are the addresses in an expression: one, or a table of them.
func (c carrier) addrs(e *expr) (all []netip.Addr, err error) {
	list := strs(e)
	if len(list) == 0 {
		return nil, fmt.Errorf("a list of addresses is not understood")
	}
	for _, s := range list {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Is4() != c.is4 || a.Zone() != "" {
			return nil, fmt.Errorf("%q is no address of this type", s)
		}
		all = append(all, a)
	}
	return all, nil
}

// wants holds a call to the number of its arguments.
func wants(e *expr, least, most int) error {
	if n := len(e.args); n < least || n > most {
		return fmt.Errorf("%s with %d arguments is not understood", e.text, n)
	}
	return nil
}

func pick(kind steering.PolicyKind) func(carrier, *expr) (*migrate.Want, error) {
	return func(c carrier, e *expr) (*migrate.Want, error) {
		if err := wants(e, 1, 1); err != nil {
			return nil, err
		}
		return c.each(kind, e.args[0])
	}
}

func (c carrier) sample(e *expr) (*migrate.Want, error) {
	if err := wants(e, 2, 2); err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(e.args[0].text)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("%q is no number of addresses", e.args[0].text)
	}
	w, err := c.each(steering.PolicySpread, e.args[1])
	if err != nil {
		return nil, err
	}
	if n >= len(w.Groups) {
		return c.each(steering.PolicyNone, e.args[1])
	}
	w.Count = n
	return w, nil
}

// weighted reads { {WEIGHT, ADDRESS}, ... }.
func (c carrier) weighted(e *expr) (*migrate.Want, error) {
	if err := wants(e, 1, 1); err != nil {
		return nil, err
	}
	w := &migrate.Want{Kind: steering.PolicyWeighted}
	for _, f := range e.args[0].fields {
		pair := f.value.fields
		if len(pair) != 2 || pair[0].value.kind == sign {
			return nil, fmt.Errorf("{WEIGHT, ADDRESS} is wanted in %s", e.text)
		}
		weight, err := strconv.ParseUint(pair[0].value.text, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%q is no weight", pair[0].value.text)
		}
		addrs, err := c.addrs(pair[1].value)
		if err != nil {
			return nil, err
		}
		w.Groups = append(w.Groups, migrate.Group{Addrs: addrs, Weight: int(weight)})
	}
	if len(w.Groups) == 0 {
		return nil, fmt.Errorf("%s without addresses", e.text)
	}
	return w, nil
}
