package geodns

import (
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
)

// name is a name in a record: in full, or relative to the zone.
func (z *zone) name(n *node, relative bool) (string, error) {
	name := n.text()
	switch {
	case strings.HasSuffix(name, "."):
	case relative:
		name += "." + z.Origin
	default:
		name += "."
	}
	if !migrate.IsName(name) || name == "." {
		return "", n.at.Errorf("%q is no domain name", n.text())
	}
	return name, nil
}

// weighted is a value with a weight: "value", ["value", weight] or {key: "value", "weight": weight}.
func (n *node) weighted(key string) (value *node, weight int, err error) {
	switch n.kind {
	case isArray:
		if len(n.items) == 0 || len(n.items) > 2 {
			return nil, 0, n.at.Errorf("%s: [VALUE, WEIGHT] is wanted", key)
		}
		if len(n.items) == 2 {
			weight, err = n.items[1].number("weight", 0, 1<<31-1)
		}
		return n.items[0], weight, err
	case isObject:
		value = n.get(key)
		if value == nil && (key == "a" || key == "aaaa") {
			value = n.get("ip")
		}
		if value == nil {
			return nil, 0, n.at.Errorf("%s: no %q", key, key)
		}
		weight, err = n.get("weight").number("weight", 0, 1<<31-1)
		return value, weight, err
	}
	return n, 0, nil
}

func (z *zone) mx(label string, ttl int, n *node) (dns.RR, error) {
	host := n.get("mx")
	if host == nil {
		return nil, n.at.Errorf(`mx: no "mx"`)
	}
	name, err := z.name(host, false)
	if err != nil {
		return nil, err
	}
	preference, err := n.get("preference").number("preference", 0, 65535)
	return &dns.MX{Hdr: z.header(label, dns.TypeMX, ttl), Preference: uint16(preference), Mx: name}, err
}

// text makes TXT records; those of type spf, which no server should have any more (RFC 7208 section 3.1), too.
func (z *zone) text(key string) func(string, int, *node) (dns.RR, error) {
	return func(label string, ttl int, n *node) (dns.RR, error) {
		value, _, err := n.weighted(key)
		if err != nil {
			return nil, err
		}
		var parts []string
		for part := range slices.Chunk([]byte(value.text()), 255) {
			parts = append(parts, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(part)))
		}
		if len(parts) == 0 {
			return nil, value.at.Errorf("%s: no text", key)
		}
		return &dns.TXT{Hdr: z.header(label, dns.TypeTXT, ttl), Txt: parts}, nil
	}
}

func (z *zone) srv(label string, ttl int, n *node) (dns.RR, error) {
	if n.get("target") == nil {
		return nil, n.at.Errorf(`srv: no "target"`)
	}
	name, err := z.name(n.get("target"), true)
	if err != nil {
		return nil, err
	}
	rr := &dns.SRV{Hdr: z.header(label, dns.TypeSRV, ttl), Target: name}
	for key, to := range map[string]*uint16{"priority": &rr.Priority, "srv_weight": &rr.Weight, "port": &rr.Port} {
		value, err := n.get(key).number(key, 0, 65535)
		if err != nil {
			return nil, err
		}
		*to = uint16(value)
	}
	return rr, nil
}

func (z *zone) ptr(label string, ttl int, n *node) (dns.RR, error) {
	value, _, err := n.weighted("ptr")
	if err != nil {
		return nil, err
	}
	name, err := z.name(value, false)
	return &dns.PTR{Hdr: z.header(label, dns.TypePTR, ttl), Ptr: name}, err
}
