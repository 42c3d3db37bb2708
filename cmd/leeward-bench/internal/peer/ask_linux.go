package peer

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

func (a Ask) of(addr netip.AddrPort) bool {
	m, err := Exchange(addr, a.Name, a.Qtype, 200*time.Millisecond)
	return err == nil && m.Authoritative && len(m.Answer) > 0
}

// Exchange asks a server over UDP, once.
func Exchange(addr netip.AddrPort, name string, qtype uint16, patience time.Duration) (*dns.Msg, error) {
	client := dns.Client{Timeout: patience}
	m, _, err := client.Exchange(new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype), addr.String())
	return m, err
}

// Serial is that of a zone as the server has it now.
func (s *Server) Serial(origin string) (uint32, error) {
	m, err := Exchange(s.Addr, origin, dns.TypeSOA, time.Second)
	if err != nil {
		return 0, err
	}
	for _, rr := range m.Answer {
		if soa, ok := rr.(*dns.SOA); ok {
			return soa.Serial, nil
		}
	}
	return 0, fmt.Errorf("%s has no SOA record for %s", s.name, origin)
}

// freeAddr is an address whose port is free for UDP and TCP. It is below those that systems give to clients: one of
// those may be taken again before the server has it.
func freeAddr() (netip.AddrPort, error) {
	const tries = 50
	for range tries {
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(10_000+rand.IntN(20_000)))
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
		if err != nil {
			continue
		}
		tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(addr))
		udp.Close()
		if err == nil {
			tcp.Close()
			return addr, nil
		}
	}
	return netip.AddrPort{}, fmt.Errorf("no free port on 127.0.0.1 in %d tries", tries)
}
