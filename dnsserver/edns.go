package dnsserver

// edns is the OPT record of a query (RFC 6891).
type edns struct {
	present     bool
	version     uint8
	size        uint16 // octets of UDP payload that the client takes
	do          bool   // RFC 3225: echoed
	nsid        bool   // RFC 5001: asked for
	zoneVersion bool   // RFC 9660: the version of the zone is asked for
	keepAlive   bool   // RFC 7828: the client wants to know how long a connection may be idle
	cookie      []byte // RFC 7873: the option's data, nil without the option
	subnet      subnet // RFC 7871
}

// EDNS option codes.
const (
	optionNSID          = 3
	optionSubnet        = 8
	optionCookie        = 10
	optionKeepAlive     = 11
	optionExtendedError = 15
	optionZoneVersion   = 19
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
		case optionKeepAlive:
			e.keepAlive = true
		case optionZoneVersion:
			e.zoneVersion = end == 4 // any other is ignored (RFC 9660 3.2)
		case optionCookie:
			if e.cookie != nil {
				break // the first counts (RFC 7873 5.2)
			}
			if !wellFormedCookie(options[4:end]) {
				return false
			}
			e.cookie = options[4:end]
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

// drop forgets the options that no error is answered with, nor over this transport. A cookie that could be read is always
// answered: a client may take no response without one (RFC 7873 5.3).
func (e *edns) drop(rcode int, transport Transport) {
	if rcode != rcodeNoError {
		e.nsid, e.zoneVersion, e.subnet = false, false, subnet{}
	}
	if rcode != rcodeNoError || transport == UDP {
		e.keepAlive = false // RFC 7828 3.2.1
	}
}

// limit is the size of the largest response over UDP: what the client takes, within 512 and the server's own limit.
func (e *edns) limit(own uint16) int {
	if !e.present {
		return 512
	}
	return int(max(512, min(e.size, own)))
}

// optSize is how many octets the OPT record of the response needs, without an extended error, which only takes what room
// is left.
func (e *edns) optSize(nsid string) int {
	if !e.present {
		return 0
	}
	size := 11
	if e.nsid && nsid != "" {
		size += 4 + len(nsid)
	}
	if e.keepAlive {
		size += 4 + 2
	}
	if e.zoneVersion {
		size += 4 + 6
	}
	if e.cookie != nil {
		size += 4 + wholeCookie
	}
	if e.subnet.present {
		size += 4 + 4 + len(e.subnet.octets)
	}
	return size
}
