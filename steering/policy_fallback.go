package steering

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// fallback reads what is given when no colo is left: addresses, or a name.
func (d *drafting) fallback(value string) error {
	for text := range strings.SplitSeq(value, ",") {
		text = strings.TrimSpace(text)
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			name, err := wireName(text)
			if err != nil {
				return err
			}
			d.FallbackName = name
			continue
		}
		if u := d.network.UplinkOf(addr); u != NoUplink {
			return fmt.Errorf("%s lies in %s: what is given when no colo is left has to lie elsewhere", addr, d.network.UplinkName(u))
		}
		addr = addr.Unmap()
		switch {
		case addr.IsUnspecified() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
			return fmt.Errorf("%s is no address of a host", addr)
		case slices.Contains(d.Fallback, addr):
			return fmt.Errorf("%s stands there twice", addr)
		}
		d.Fallback = append(d.Fallback, addr)
	}
	if d.FallbackName != nil && strings.Contains(value, ",") {
		return fmt.Errorf("it is addresses, or one name alone")
	}
	return nil
}

const (
	maxLabel = 63
	maxName  = 255
)

// wireName is a host name (RFC 1123 2.1, and underscores) of two labels or more in wire form, in lower case.
func wireName(text string) ([]byte, error) {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(text, ".")), ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || strings.Trim(last, "0123456789") == "" {
		return nil, fmt.Errorf("%q is no address, and no name with a dot in it", Cut(text))
	}
	var wire []byte
	for _, label := range labels {
		if len(label) == 0 || len(label) > maxLabel || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return nil, fmt.Errorf("%q is no address, and no host name", Cut(text))
		}
		wire = append(append(wire, byte(len(label))), label...)
	}
	if wire = append(wire, 0); len(wire) > maxName {
		return nil, fmt.Errorf("%q is longer than a name can be", Cut(text))
	}
	return wire, nil
}
