package dnsserver

import (
	"bytes"
	"hash/crc32"
	"net/netip"
)

// The header of PROXY protocol version 2 (haproxy, doc/proxy-protocol.txt, section 2.2): a signature, version and command,
// family and transport, and the length of what follows, which is addresses and TLVs.
const (
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyFixed     = len(proxySignature) + 4

	proxyLocal = 0x20 // version 2, the proxy speaks for itself
	proxyFor   = 0x21 // version 2, for a client

	proxyChecksum = 3 // TLV: CRC-32C of the whole header, with zeros in its place
)

// parseProxy reads the header that a proxy puts before a connection or a datagram; size is its octets.
//
//	no signature, another version or command, cut short   why, in words
//	a family other than IPv4 and IPv6                     why
//	addresses or TLVs that do not fit, a wrong checksum   why
//	LOCAL; a family or a transport that is unspecified    no client: the proxy's own address holds
//	otherwise                                             the client's address; ports and other TLVs are passed over
//
// The client's transport to the proxy need not be that of the proxy to here.
func parseProxy(msg []byte) (client netip.Addr, size int, why string) {
	size, why = proxySize(msg)
	if why != "" {
		return client, 0, why
	}
	if size > len(msg) {
		return client, 0, "a PROXY header that is cut short"
	}
	header := msg[:size]
	switch header[12] {
	case proxyLocal:
		return client, size, ""
	case proxyFor:
	default:
		return client, 0, "a PROXY header of another version or command"
	}
	addresses := 0
	switch family, transport := header[13]>>4, header[13]&15; {
	case family > 2 || transport > 2:
		return client, 0, "a PROXY header for another family or transport"
	case family == 1:
		addresses = 2*4 + 2*2
	case family == 2:
		addresses = 2*16 + 2*2
	}
	tlvs := proxyFixed + addresses
	if tlvs > size || !checkTLVs(header, tlvs) {
		return client, 0, "a malformed PROXY header"
	}
	switch header[13] {
	case 0x11, 0x12:
		client = netip.AddrFrom4([4]byte(header[proxyFixed:]))
	case 0x21, 0x22:
		client = netip.AddrFrom16([16]byte(header[proxyFixed:])).Unmap()
	}
	return client, size, ""
}

// proxySize reads the signature and the length of a header.
func proxySize(msg []byte) (size int, why string) {
	switch {
	case bytes.HasPrefix(msg, []byte("PROXY ")):
		return 0, "a PROXY header of version 1, where version 2 must be"
	case len(msg) < proxyFixed || !bytes.HasPrefix(msg, []byte(proxySignature)):
		return 0, "no PROXY header"
	}
	return proxyFixed + int(get16(msg, proxyFixed-2)), ""
}

// checkTLVs says whether a header from an offset on is TLVs, with a checksum that is right, if there is one.
func checkTLVs(header []byte, at int) bool {
	for at < len(header) {
		if at+3 > len(header) {
			return false
		}
		kind, value := header[at], at+3
		at = value + int(get16(header, at+1))
		if at > len(header) {
			return false
		}
		if kind == proxyChecksum && !checkCRC(header, value, at) {
			return false
		}
	}
	return true
}

// checkCRC says whether header[from:to] is the checksum of the header.
func checkCRC(header []byte, from, to int) bool {
	if to-from != 4 {
		return false
	}
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	var zeros [4]byte
	sum := crc32.Update(0, castagnoli, header[:from])
	sum = crc32.Update(sum, castagnoli, zeros[:])
	sum = crc32.Update(sum, castagnoli, header[to:])
	return [4]byte(header[from:to]) == [4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}
}

// behindProxy says whether an address must say for whom it speaks.
func (v *View) behindProxy(addr netip.Addr) bool {
	if v == nil {
		return false
	}
	for _, prefix := range v.Proxy {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// unwrap takes the PROXY header off a datagram, if its sender is one that must have it. Without a good one it is dropped:
// a receiver must not guess (section 2).
func (t *Transports) unwrap(msg []byte, sender netip.Addr) (rest []byte, client netip.Addr, ok bool) {
	sender = sender.Unmap()
	if !t.Server.View().behindProxy(sender) {
		return msg, sender, true
	}
	client, size, why := parseProxy(msg)
	if why != "" {
		t.refuseProxy(sender, why)
		return nil, client, false
	}
	if !client.IsValid() {
		client = sender
	}
	return msg[size:], client, true
}

// unwrapStream takes the PROXY header off the beginning of a connection, as unwrap does.
func (c *conversation) unwrapStream(sender netip.Addr) (client netip.Addr, ok bool) {
	sender = sender.Unmap()
	if !c.Server.View().behindProxy(sender) {
		return sender, true
	}
	if !c.conns.waits(c.place, c.Idle) {
		return client, false
	}
	if _, err := c.in.peek(1); err != nil {
		return client, false // nobody spoke: a balancer looks whether the port is open
	}
	client, why := readProxy(c.in)
	if why != "" {
		c.refuseProxy(sender, why)
		return client, false
	}
	if !client.IsValid() {
		client = sender
	}
	return client, true
}

// readProxy reads a header, and nothing after it.
func readProxy(in *stream) (client netip.Addr, why string) {
	header, _ := in.peek(proxyFixed)
	size, why := proxySize(header)
	if why != "" {
		return client, why
	}
	header, _ = in.peek(size)
	client, _, why = parseProxy(header)
	in.discard(len(header))
	return client, why
}

func (t *Transports) refuseProxy(sender netip.Addr, why string) {
	t.Server.counts.dropped[dropProxy].Add(1)
	if t.proxies.now() {
		t.Logger.Warn("dropped what an address of dns.proxy sent", "from", sender, "reason", why)
	}
}
