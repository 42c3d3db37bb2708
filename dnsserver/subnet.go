package dnsserver

import "net/netip"

// subnet is the client subnet option of a query (RFC 7871 6).
type subnet struct {
	present bool
	family  uint16 // 1 IPv4, 2 IPv6; 0 only with source 0
	source  uint8  // length of the prefix in bits
	octets  []byte // the prefix, as many octets as it needs
}

// parse reads the option's data; false is a format error (RFC 7871 7.1.2): scope set in a query, a length that the
// family does not have, too few or too many octets, bits set beyond the length.
func (s *subnet) parse(data []byte) bool {
	if len(data) < 4 {
		return false
	}
	s.present = true
	s.family, s.source, s.octets = get16(data, 0), data[2], data[4:]
	longest := 0
	switch s.family {
	case 1:
		longest = 32
	case 2:
		longest = 128
	}
	if s.family > 2 || int(s.source) > longest || data[3] != 0 || len(s.octets) != (int(s.source)+7)/8 {
		return false
	}
	if spare := len(s.octets)*8 - int(s.source); spare > 0 {
		return s.octets[len(s.octets)-1]<<(8-spare) == 0
	}
	return true
}

// addr is the first address of the subnet; ok is false when none was sent, or one of length 0, which asks for an answer
// that does not depend on the client.
func (s *subnet) addr() (addr netip.Addr, ok bool) {
	if !s.present || s.source == 0 {
		return netip.Addr{}, false
	}
	if s.family == 1 {
		var a [4]byte
		copy(a[:], s.octets)
		return netip.AddrFrom4(a), true
	}
	var a [16]byte
	copy(a[:], s.octets)
	return netip.AddrFrom16(a), true
}
