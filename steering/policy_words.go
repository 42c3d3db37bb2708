package steering

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (d *drafting) policy(value string) error {
	at := slices.Index(policyWords[:], value)
	if at < 0 {
		return fmt.Errorf("no policy %q: is %s meant?", Cut(value), NearestName(value, policyWords[:]))
	}
	d.Kind = PolicyKind(at)
	return nil
}

func (d *drafting) order(value string) (err error) {
	d.listed, err = d.list(value, ",")
	return err
}

func (d *drafting) colos(value string) (err error) {
	d.only, err = d.list(value, ",")
	return err
}

func (d *drafting) not(value string) (err error) {
	d.without, err = d.list(value, ",")
	return err
}

// list is the colos of a list.
func (d *drafting) list(value, between string) (list []ColoIndex, err error) {
	for name := range strings.SplitSeq(value, between) {
		c, err := d.colo(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, c) {
			return nil, fmt.Errorf("%s stands there twice", strings.TrimSpace(name))
		}
		list = append(list, c)
	}
	return list, nil
}

func (d *drafting) colo(name string) (ColoIndex, error) {
	if err := checkName("colo", name); err != nil {
		return 0, err
	}
	c, ok := d.network.Colo(name)
	if ok {
		return c, nil
	}
	if len(d.network.colos) == 0 {
		if !slices.Contains(d.others, name) {
			d.others = append(d.others, name)
		}
		return ColoIndex(slices.Index(d.others, name)), nil
	}
	var names []string
	for _, colo := range d.network.colos {
		names = append(names, colo.Name)
	}
	return 0, fmt.Errorf("no colo %q: is %s meant?", Cut(name), NearestName(name, names))
}

func (d *drafting) weights(value string) error {
	d.shares = map[ColoIndex]float64{}
	for pair := range strings.SplitSeq(value, ",") {
		name, number, ok := strings.Cut(strings.TrimSpace(pair), ":")
		if !ok {
			return fmt.Errorf("%q is no COLO:WEIGHT", Cut(pair))
		}
		c, err := d.colo(name)
		if err != nil {
			return err
		}
		weight, err := strconv.ParseUint(number, 10, 32)
		if err != nil || weight == 0 || weight > maxWeight {
			return fmt.Errorf("the weight of %s is a number from 1 to %d; a colo that is to have no clients is left out", name, maxWeight)
		}
		if _, twice := d.shares[c]; twice {
			return fmt.Errorf("%s stands there twice", name)
		}
		d.shares[c] = float64(weight)
	}
	return nil
}

func (d *drafting) count(value string) error {
	n, err := strconv.ParseUint(value, 10, 8)
	if err != nil || n < 1 || n > MaxCount {
		return fmt.Errorf("it is a number of addresses from 1 to %d", MaxCount)
	}
	d.Count = int(n)
	return nil
}

func (d *drafting) check(value string) error {
	if err := checkName("check", value); err != nil {
		return err
	}
	d.Check = value
	if _, known := d.network.checks[value]; known || len(d.network.colos) == 0 {
		return nil
	}
	if len(d.network.checks) == 0 {
		return fmt.Errorf("no check %q: the configuration names none (checks)", Cut(value))
	}
	return fmt.Errorf("no check %q: is %s meant?", Cut(value), NearestName(value, slices.Sorted(maps.Keys(d.network.checks))))
}

func (d *drafting) ttl(value string) error {
	most, least, both := strings.Cut(value, "/")
	for _, bound := range []struct {
		text string
		to   *uint32
	}{{most, &d.TTL.Max}, {least, &d.TTL.Min}} {
		if bound.to == &d.TTL.Min && !both {
			continue
		}
		seconds, err := strconv.ParseUint(bound.text, 10, 31)
		if err != nil || seconds == 0 {
			return fmt.Errorf("it is MAX or MAX/MIN in seconds, such as 30/5")
		}
		*bound.to = uint32(seconds)
	}
	if d.TTL.Min > d.TTL.Max {
		return fmt.Errorf("the second, while the answer may be about to change, is more than the first")
	}
	return nil
}

func (d *drafting) empty(value string) error {
	switch value {
	case "open":
	case "closed":
		d.Closed = true
	default:
		return fmt.Errorf("it is open (addresses of colos that are down) or closed (none); is %s meant?", NearestName(value, []string{"open", "closed"}))
	}
	return nil
}
