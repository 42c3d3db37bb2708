package differential

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones"
)

// secret is what all servers make cookies with.
func secret() [16]byte {
	octets, err := hex.DecodeString(cookieSecret)
	if err != nil {
		panic(err)
	}
	return [16]byte(octets)
}

// ofCookie says whose client's cookie is in a response, and whether Leeward takes the server's: then it gives it back.
func ofCookie(cookie string) string {
	const client = 16
	if len(cookie) <= client {
		return cookie + " alone"
	}
	if given(cookie) != cookie {
		return cookie[:client] + " bad"
	}
	return cookie[:client] + " good"
}

// given is the cookie that Leeward answers a cookie with.
func given(cookie string) string { return givenTo(cookie, loopback) }

func givenTo(cookie string, client netip.Addr) string {
	s := dnsserver.New()
	s.Publish(&dnsserver.View{Zones: zones.NewSet(), UDPSize: udpSize, Cookies: dnsserver.NewCookies(secret(), secret())})
	m := new(dns.Msg).SetEdns0(udpSize, false)
	m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie}}
	var response dns.Msg
	if err := response.Unpack(s.Answer(pack(m), client, dnsserver.UDP, nil)); err != nil {
		return ""
	}
	return cookieOf(&response)
}

// cookieOf is the cookie of a response, or "".
func cookieOf(m *dns.Msg) string {
	if m.IsEdns0() == nil {
		return ""
	}
	for _, o := range m.IsEdns0().Option {
		if c, ok := o.(*dns.EDNS0_COOKIE); ok {
			return c.Cookie
		}
	}
	return ""
}

// strict are the peers told to take nobody's word without a good cookie, where they can be.
var strict = []product{
	products[0],
	{"Knot", "knotd", func(dir string, addr netip.AddrPort, zones []zoneFile) string {
		return "mod-cookies:\n  - id: strict\n    secret: 0x" + cookieSecret + "\n" + strings.Replace(knotSettings(dir, addr, zones),
			"  - id: default\n", "  - id: default\n    global-module: mod-cookies/strict\n", 1)
	}, products[1].args},
	{"BIND", "named", func(dir string, addr netip.AddrPort, zones []zoneFile) string {
		return strings.Replace(bindSettings(dir, addr, zones), "recursion no;", "recursion no; require-server-cookie yes;", 1)
	}, products[2].args},
}

// TestCookies: servers with the same secret take each other's cookies (RFC 9018). Knot and BIND say BADCOOKIE to those that
// they do not take; NSD, like Leeward, gives back those that it takes, and replaces others.
func TestCookies(t *testing.T) {
	installed(t)
	for _, p := range strict {
		t.Run(p.name, func(t *testing.T) {
			running := start(t, p, zoneFiles(t, "testdata/root"))
			takes := func(cookie string) bool {
				rcode, back := running.cookie(t, cookie)
				return rcode == dns.RcodeSuccess && (p.name != "NSD" || back == cookie)
			}
			const client = "0123456789abcdef"
			_, theirs := running.cookie(t, client)
			if ours := given(client); !takes(ours) || !strings.HasPrefix(ours, client) {
				t.Errorf("%s does not take Leeward's %s", p.name, ours)
			}
			if given(theirs) != theirs {
				t.Errorf("Leeward does not take %s's %s", p.name, theirs)
			}
			forged := theirs[:len(theirs)-1] + string("10"[theirs[len(theirs)-1]&1])
			if takes(forged) || given(forged) == forged {
				t.Errorf("a forged cookie is taken: %s", forged)
			}
		})
	}
}

// cookie asks a peer with a cookie, and gives the rcode and the cookie of the response.
func (p *peer) cookie(t *testing.T, cookie string) (rcode int, back string) {
	q := dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie}
	m := new(dns.Msg).SetQuestion(".", dns.TypeNS).SetEdns0(udpSize, false)
	m.IsEdns0().Option = []dns.EDNS0{&q}
	response, err := dns.ExchangeContext(t.Context(), m, p.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	return response.Rcode, cookieOf(response)
}
