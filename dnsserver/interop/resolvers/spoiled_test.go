package resolvers

import (
	"net"
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/dnsserver/internal/peers"
)

// TestWrongScopesAndTTLsAreFoundOut: the same clients behind the same resolvers, in front of a Leeward whose answers are
// spoiled on the way, are answered wrong, and it is seen.
func TestWrongScopesAndTTLsAreFoundOut(t *testing.T) {
	for _, p := range products {
		peers.Installed(t, p.program)
		for _, row := range []struct {
			what  string
			spoil func(*dns.Msg)
		}{
			{"scopes of half the length", func(m *dns.Msg) {
				for _, o := range m.IsEdns0().Option {
					if s, ok := o.(*dns.EDNS0_SUBNET); ok {
						s.SourceScope /= 2
					}
				}
			}},
			{"TTLs of a minute", func(m *dns.Msg) {
				for _, rr := range m.Answer {
					rr.Header().Ttl = 60
				}
			}},
		} {
			t.Run(p.name+" "+row.what, func(t *testing.T) {
				t.Parallel()
				l := newLeeward(t)
				r := start(t, p, l, l.serveSpoiled(t, row.spoil), lengths{32, 128})
				if r.change(t).wrong+r.change(t, "iad").wrong == 0 {
					t.Error("all answers are right")
				}
			})
		}
	}
}

// serveSpoiled answers over UDP, and does something to every answer.
func (l *leeward) serveSpoiled(t *testing.T, spoil func(*dns.Msg)) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		conn.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		buffer := make([]byte, 4096)
		for {
			n, client, err := conn.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			var m dns.Msg
			if m.Unpack(l.asked.Answer(buffer[:n], client.Addr(), dnsserver.UDP, nil)) != nil || m.IsEdns0() == nil {
				continue
			}
			spoil(&m)
			if packed, err := m.Pack(); err == nil {
				_, _ = conn.WriteToUDPAddrPort(packed, client) // the resolver may have ended
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}
