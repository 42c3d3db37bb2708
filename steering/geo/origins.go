package geo

import (
	"net/netip"

	"leeward/steering"
)

// index gives values numbers, in the order in which they are first seen.
type index[V comparable] struct {
	values []V
	known  map[V]uint32
}

func (x *index[V]) of(v V) uint32 {
	i, ok := x.known[v]
	if !ok {
		if x.known == nil {
			x.known = map[V]uint32{}
		}
		i = uint32(len(x.values))
		x.known[v] = i
		x.values = append(x.values, v)
	}
	return i
}

// Country is the country of a client, and the length of the longest prefix around it in which all clients are of that
// country; where the database does not know it, or knows it by a code that is no country's, the zero value. An IPv4 address
// in IPv6 counts as IPv4. It allocates nothing and takes no lock.
func (m *Map) Country(addr netip.Addr) (c steering.Country, depth int) {
	i, depth := m.find(addr, countryTrie)
	return m.countries[i], depth
}

// ASN is the number of a client's autonomous system, 0 if unknown, and the length of the longest prefix around it in which
// all clients are of that system. An IPv4 address in IPv6 counts as IPv4. It allocates nothing and takes no lock.
func (m *Map) ASN(addr netip.Addr) (asn uint32, depth int) {
	i, depth := m.find(addr, asnTrie)
	return m.asns[i], depth
}

// Origin is where a client comes from, and the length of the longest prefix around it in which all clients come from there.
// An IPv4 address in IPv6 counts as IPv4. It allocates nothing and takes no lock.
func (m *Map) Origin(addr netip.Addr) (o steering.Origin, depth int) {
	country, ofCountry := m.Country(addr)
	asn, ofASN := m.ASN(addr)
	return steering.Origin{Country: country, ASN: asn}, max(ofCountry, ofASN)
}
