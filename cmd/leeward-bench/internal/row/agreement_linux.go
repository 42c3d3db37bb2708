package row

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"
)

// agreement says how often two servers give the same colo for the same query.
func agreement(a, b *contender) []string {
	if a.trouble != "" || b.trouble != "" {
		return nil
	}
	const asked = 1000
	same, sum := 0, 0
	for _, q := range a.world.Set[:min(asked, len(a.world.Set))] {
		ours, err := addressFrom(a.server.Addr, q.Wire)
		theirs, err2 := addressFrom(b.server.Addr, q.Wire)
		if errors.Join(err, err2) != nil {
			continue
		}
		sum++
		if ours == theirs {
			same++
		}
	}
	return []string{fmt.Sprintf("Of %d queries, %d get the same address from %s and %s.", sum, same, a.label, b.label)}
}

func addressFrom(server netip.AddrPort, wire []byte) (string, error) {
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		return "", err
	}
	r, _, err := new(dns.Client).Exchange(m, server.String())
	if err != nil {
		return "", err
	}
	for _, rr := range r.Answer {
		if a, ok := rr.(*dns.A); ok {
			return a.A.String(), nil
		}
	}
	return "", errors.New("no address")
}
