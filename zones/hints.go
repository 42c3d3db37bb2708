package zones

import (
	"cmp"
	"encoding/binary"
	"net/netip"

	"github.com/miekg/dns"

	"leeward/steering"
)

// The keys of the parameters of SVCB and HTTPS records that matter here (RFC 9460 section 14.3.2).
const (
	ParamMandatory = 0
	ParamIPv4Hint  = 4
	ParamIPv6Hint  = 6
)

// Hints is where the addresses in the ipv4hint and ipv6hint of an SVCB or HTTPS RRset lie (RFC 9460 section 7.3). It is made at
// load, and immutable.
type Hints struct {
	uplinks []steering.UplinkIndex // one for each, record by record
}

// Uplink is the uplink that a hint lies in, or steering.NoUplink. Hints are counted from 0, record by record.
func (h *Hints) Uplink(i int) steering.UplinkIndex { return h.uplinks[i] }

// Len is how many hints there are.
func (h *Hints) Len() int { return len(h.uplinks) }

// hint notes where the hints of an RRset lie, if it has any and there are uplinks. It does not for what is signed in the
// file, which no part of may be left out, nor for parameters that are malformed.
func (g *growth) hint(s *RRset) {
	if s.Signatures() != nil || len(g.network.Colos()) == 0 {
		return
	}
	h := &Hints{}
	for rdata := range s.All() {
		ok := eachHint(rdata, func(addr netip.Addr) {
			h.uplinks = append(h.uplinks, g.network.UplinkOf(addr))
		})
		if !ok {
			return
		}
	}
	if len(h.uplinks) > 0 {
		g.room.link(s).hints = h
	}
}

// eachHint visits the hints in the rdata of an SVCB or HTTPS record. It says no when the parameters are not in wire form, each
// key once and in order, with hints of whole addresses and a list of whole mandatory keys (RFC 9460 sections 2.2, 7.3 and 8).
func eachHint(rdata []byte, visit func(netip.Addr)) (ok bool) {
	last := -1
	for params := ParamsOf(rdata); len(params) > 0; {
		key, value, rest, ok := NextParam(params)
		if !ok || int(key) <= last {
			return false
		}
		last, params = int(key), rest
		size := HintSize(key)
		if unit := cmp.Or(size, keySize(key)); unit > 0 && (len(value) == 0 || len(value)%unit != 0) {
			return false
		}
		for ; size > 0 && len(value) > 0; value = value[size:] {
			addr, _ := netip.AddrFromSlice(value[:size])
			visit(addr)
		}
	}
	return true
}

// ParamsOf is what stands behind priority and target in the rdata of an SVCB or HTTPS record (RFC 9460 section 2.2).
func ParamsOf(rdata []byte) []byte {
	size, _ := nameSize(rdata[2:]) // was checked when it was read
	return rdata[2+size:]
}

// NextParam takes the first parameter off; ok is false for one that ends too early.
func NextParam(params []byte) (key uint16, value, rest []byte, ok bool) {
	if len(params) < 4 {
		return 0, nil, nil, false
	}
	end := 4 + int(binary.BigEndian.Uint16(params[2:]))
	if end > len(params) {
		return 0, nil, nil, false
	}
	return binary.BigEndian.Uint16(params), params[4:end], params[end:], true
}

// HintSize is how many octets an address in a parameter of the key has, 0 where it has no addresses.
func HintSize(key uint16) int {
	switch key {
	case ParamIPv4Hint:
		return 4
	case ParamIPv6Hint:
		return 16
	default:
		return 0
	}
}

// keySize is how many octets a key in the list of mandatory ones has, 0 for any other parameter.
func keySize(key uint16) int {
	if key == ParamMandatory {
		return 2
	}
	return 0
}

// isService says whether an RRset is of a type that has hints.
func (s *RRset) isService() bool { return s.Type == dns.TypeSVCB || s.Type == dns.TypeHTTPS }
