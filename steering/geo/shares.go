package geo

import "leeward/steering"

// Class is clients of one region and one origin.
type Class struct {
	Region *steering.Region
	Origin steering.Origin
}

// Shares is the part of all IPv4 addresses that the clients of each class have. It adds up to 1. Without country, or without
// asn, clients are not told apart by it.
func (m *Map) Shares(country, asn bool) map[Class]float64 {
	s := &sharing{m: m, ask: values{regionTrie: 1}, sums: map[values]float64{}}
	if country {
		s.ask[countryTrie] = 1
	}
	if asn {
		s.ask[asnTrie] = 1
	}
	s.top(0, 0)
	shares := make(map[Class]float64, len(s.sums))
	for at, part := range s.sums {
		c := Class{m.regions[at[regionTrie]], steering.Origin{Country: m.countries[at[countryTrie]], ASN: m.asns[at[asnTrie]]}}
		shares[c] += part
	}
	return shares
}

// sharing adds up shares.
type sharing struct {
	m    *Map
	ask  values // 1 of each trie that tells clients apart
	sums map[values]float64
}

// top adds the part of a prefix of at most maxSkip bits.
func (s *sharing) top(first uint32, length int) {
	at := values{leafBit, leafBit, leafBit}
	whole := true
	for i := range at {
		if s.ask[i] == 0 {
			continue
		}
		at[i] = s.m.v4[i].below(first << (maxSkip - length))
		whole = whole && at[i]&leafBit != 0 && depthOf(at[i]) <= length
	}
	switch part := 1 / float64(uint32(1)<<length); {
	case whole:
		s.add(at, part)
	case length == maxSkip:
		s.split(at, part)
	default:
		s.top(first<<1, length+1)
		s.top(first<<1|1, length+1)
	}
}

// split adds the part of a point of the tries below that.
func (s *sharing) split(at values, part float64) {
	if at[regionTrie]&at[countryTrie]&at[asnTrie]&leafBit != 0 {
		s.add(at, part)
		return
	}
	for bit := range 2 {
		half := at
		for i := range half {
			half[i] = s.m.v4[i].half(at[i], bit)
		}
		s.split(half, part/2)
	}
}

// add adds the part of leaves. Without its depth a leaf is what it stands for.
func (s *sharing) add(at values, part float64) {
	for i := range at {
		at[i] &= valueMask
	}
	s.sums[at] += part
}
