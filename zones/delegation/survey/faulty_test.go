package survey_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/miekg/dns"
)

// otherAddress answers the zone over UDP alone, from another port than the one asked.
func otherAddress(t *testing.T) netip.AddrPort {
	return faulty(t, true, func(*dns.Msg) bool { return true })
}

// deaf answers over UDP alone, and no query with EDNS.
func deaf(t *testing.T) netip.AddrPort {
	return faulty(t, false, func(m *dns.Msg) bool { return m.IsEdns0() == nil })
}

// faulty passes what it hears to a good server, and its answers back, from a socket of their own if so told.
func faulty(t *testing.T, apart bool, hears func(*dns.Msg) bool) netip.AddrPort {
	t.Helper()
	good := leeward(t, "127.0.0.3", map[string]string{"example.com": child})
	at, other := socket(t), socket(t)
	if !apart {
		other = at
	}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, client, err := at.ReadFromUDPAddrPort(buf)
			if err != nil {
				return // the test is over
			}
			m := new(dns.Msg)
			if m.Unpack(buf[:n]) != nil || !hears(m) {
				continue
			}
			answer, _, err := new(dns.Client).Exchange(m, good.String())
			if err != nil {
				continue
			}
			if octets, err := answer.Pack(); err == nil {
				_, _ = other.WriteToUDPAddrPort(octets, client) // what is lost is asked again
			}
		}
	}()
	return at.LocalAddr().(*net.UDPAddr).AddrPort()
}

func socket(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.3:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
