package dnsserver

// edns is the OPT record of a query (RFC 6891).
type edns struct {
	present bool
	version uint8
	size    uint16 // octets of UDP payload that the client takes
	do      bool   // RFC 3225: echoed
	nsid    bool   // RFC 5001: asked for
	subnet  subnet // RFC 7871
}

// EDNS option codes.
const (
	optionNSID   = 3
	optionSubnet = 8
)

// parse reads an OPT record from its type on; false is a format error. Unknown options are ignored (RFC 6891 6.1.2),
// and all options of a version that is not known.
func (e *edns) parse(rr []byte) bool {
	e.present = true
	e.size = get16(rr, 2)
	e.version = rr[5]
	e.do = rr[6]&0x80 != 0
	if e.version > 0 {
		return true
	}
	for options := rr[10:]; len(options) > 0; {
		if len(options) < 4 {
			return false
		}
		code, end := get16(options, 0), 4+int(get16(options, 2))
		if end > len(options) {
			return false
		}
		switch code {
		case optionNSID:
			e.nsid = true
		case optionSubnet:
			if e.subnet.present {
				return false
			}
			if !e.subnet.parse(options[4:end]) {
				return false
			}
		}
		options = options[end:]
	}
	return true
}

// limit is the size of the largest response over UDP: what the client takes, within 512 and the server's own limit.
func (e *edns) limit(own uint16) int {
	if !e.present {
		return 512
	}
	return int(max(512, min(e.size, own)))
}

// optSize is how many octets the OPT record of the response needs.
func (e *edns) optSize(nsid string) int {
	if !e.present {
		return 0
	}
	size := 11
	if e.nsid && nsid != "" {
		size += 4 + len(nsid)
	}
	if e.subnet.present {
		size += 4 + 4 + len(e.subnet.octets)
	}
	return size
}
