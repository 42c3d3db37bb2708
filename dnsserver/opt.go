package dnsserver

// responseOPT is what the OPT record of a response says beyond the query's.
type responseOPT struct {
	udpSize uint16
	nsid    string
	scope   uint8
}

// append writes the OPT record (RFC 6891 6.1.2): DO is echoed, NSID given when asked for, the client subnet repeated
// with the scope of the answer (RFC 7871 7.2.1).
func (o responseOPT) append(out []byte, e *edns, rcode int) []byte {
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
	put16(out, at-2, uint16(len(out)-at))
	return out
}
