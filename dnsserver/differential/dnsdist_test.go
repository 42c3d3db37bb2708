package differential

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// dnsdist in front of a server, with PROXY headers. It says SERVFAIL while its checks do not find the server in order.
func dnsdist(server netip.AddrPort) product {
	return product{"dnsdist", "dnsdist", func(_ string, addr netip.AddrPort, _ []zoneFile) string {
		return fmt.Sprintf(`setLocal(%q)
setSecurityPollSuffix("")
setServFailWhenNoServer(true)
newServer({address=%q, useProxyProtocol=true, checkName="example.test.", checkType="SOA", checkInterval=1, mustResolve=true})
`, addr, server)
	}, []string{"--supervised", "--disable-syslog", "-C"}}
}

// TestDnsdist: behind the real dnsdist a listed Leeward sees the clients, over UDP and TCP; one that does not list it takes
// its headers for bad packets, and is out of service for it. The cookie of an answer tells for which client it was made.
func TestDnsdist(t *testing.T) {
	if _, err := exec.LookPath("dnsdist"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("dnsdist is not installed")
		}
		t.Skip("dnsdist is not installed: nothing to stand behind")
	}
	for _, row := range []struct {
		name, listed string
		rcode        int
	}{
		{"listed", "127.0.0.0/8", dns.RcodeSuccess},
		{"not listed", "192.0.2.0/24", dns.RcodeServerFailure},
	} {
		t.Run(row.name, func(t *testing.T) {
			files := zoneFiles(t, "testdata/zones")
			server := leeward(t, files)
			view := *server.View()
			view.Proxy = []netip.Prefix{netip.MustParsePrefix(row.listed)}
			server.Publish(&view)
			front, err := launch(t, dnsdist(serve(t, server)), files)
			if err != nil {
				t.Fatal(err)
			}
			if row.rcode == dns.RcodeSuccess {
				if err := front.ready(t.Context(), files); err != nil {
					t.Fatal(err)
				}
			} else {
				checked(t, front, server)
			}
			for _, network := range []string{"udp", "tcp"} {
				m := front.ask(t, network)
				if m.Rcode != row.rcode {
					t.Fatalf("%s: %s", network, dns.RcodeToString[m.Rcode])
				}
				if cookie := cookieOf(m); row.rcode == dns.RcodeSuccess && givenTo(cookie, someClient) != cookie {
					t.Errorf("%s: the answer is not for %s:\n%s", network, someClient, m)
				}
			}
		})
	}
}

// someClient is another address than that which dnsdist asks from.
var someClient = netip.MustParseAddr("127.0.0.9")

// ask asks from someClient.
func (p *peer) ask(t *testing.T, network string) *dns.Msg {
	local := net.Addr(&net.UDPAddr{IP: someClient.AsSlice()})
	if network == "tcp" {
		local = &net.TCPAddr{IP: someClient.AsSlice()}
	}
	client := dns.Client{Net: network, Timeout: patience, Dialer: &net.Dialer{LocalAddr: local, Timeout: patience}}
	m := new(dns.Msg).SetQuestion("www.example.test.", dns.TypeA).SetEdns0(udpSize, false)
	m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: someCookie[:16]}}
	response, _, err := client.ExchangeContext(t.Context(), m, p.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// checked returns when dnsdist has looked at the server, and has been answered that what it sends is no query.
func checked(t *testing.T, front *peer, server *dnsserver.Server) {
	t.Helper()
	deadline, next := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer next.Stop()
	for {
		bad := uint64(0)
		server.Count(dnsserver.Counts{Response: func(_ dnsserver.Transport, rcode int, n uint64) {
			if rcode == dns.RcodeNotImplemented {
				bad += n
			}
		}})
		if bad > 0 {
			return
		}
		select {
		case <-next.C:
		case <-front.ended:
			t.Fatalf("dnsdist has ended\n%s", front.Log())
		case <-deadline:
			t.Fatal("dnsdist does not look at the server")
		}
	}
}
