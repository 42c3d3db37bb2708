package dnsserver

import (
	"time"

	"leeward/zones"
)

// responseOPT is what the OPT record of a response says beyond the query's.
type responseOPT struct {
	udpSize   uint16
	nsid      string
	keepAlive time.Duration
	zone      *zones.Zone // of the qname; nil: none served has it
	scope     uint8
	why       extendedError
	cookie    [wholeCookie]byte
	limit     int // octets of the whole response
}

// append writes the OPT record (RFC 6891 6.1.2): DO is echoed, the options asked for are given, the client subnet repeated
// with the scope of the answer (RFC 7871 7.2.1).
func (o *responseOPT) append(out []byte, e *edns, rcode int) []byte {
	var do byte
	if e.do {
		do = 0x80
	}
	out = append(out, 0, 0, typeOPT, byte(o.udpSize>>8), byte(o.udpSize), byte(rcode>>4), 0, do, 0, 0, 0)
	at := len(out)
	if e.nsid && o.nsid != "" {
		out = append(out, 0, optionNSID, byte(len(o.nsid)>>8), byte(len(o.nsid)))
		out = append(out, o.nsid...)
	}
	if e.subnet.present {
		s := &e.subnet
		size := 4 + len(s.octets)
		out = append(out, 0, optionSubnet, byte(size>>8), byte(size), byte(s.family>>8), byte(s.family), s.source, o.scope)
		out = append(out, s.octets...)
	}
	if e.cookie != nil {
		out = append(out, 0, optionCookie, 0, wholeCookie)
		out = append(out, o.cookie[:]...)
	}
	if e.keepAlive {
		out = o.appendKeepAlive(out)
	}
	if e.zoneVersion && o.zone != nil {
		out = o.appendZoneVersion(out)
	}
	if size := 2 + len(o.why.text); o.why.text != "" && len(out)+4+size <= o.limit {
		code := o.why.code
		out = append(out, 0, optionExtendedError, byte(size>>8), byte(size), byte(code>>8), byte(code))
		out = append(out, o.why.text...)
	}
	put16(out, at-2, uint16(len(out)-at))
	return out
}

// appendKeepAlive writes how long the connection may be idle, in units of 100 ms (RFC 7828 3.1).
func (o *responseOPT) appendKeepAlive(out []byte) []byte {
	units := min(o.keepAlive/(100*time.Millisecond), 1<<16-1)
	return append(out, 0, optionKeepAlive, 0, 2, byte(units>>8), byte(units))
}

// appendZoneVersion writes the labels of the zone's name and its serial (RFC 9660 2).
func (o *responseOPT) appendZoneVersion(out []byte) []byte {
	serial := o.zone.Serial()
	return append(out, 0, optionZoneVersion, 0, 6, byte(o.zone.Origin().Labels()), 0,
		byte(serial>>24), byte(serial>>16), byte(serial>>8), byte(serial))
}
