package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// gossipPort is the port of a peer to join that is named without one.
const gossipPort = 7946

// unmapped refuses the IPv4-mapped form of an IPv6 address: two ways to write one address would make it two.
func unmapped(a netip.Addr) error {
	if a.Is4In6() {
		return fmt.Errorf("write %s as the IPv4 address %s", a, a.Unmap())
	}
	return nil
}

func addr() kind {
	return textual("address", "an address", func(text string) (netip.Addr, error) {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return a, fmt.Errorf("%q is no address, such as 192.0.2.1 or 2001:db8::1", text)
		}
		return a, unmapped(a)
	})
}

func addrPort() kind {
	return textual("address:port", "an address with a port", func(text string) (netip.AddrPort, error) {
		a, err := netip.ParseAddrPort(text)
		if err != nil {
			return a, fmt.Errorf("%q is no address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53", text)
		}
		return a, unmapped(a.Addr())
	})
}

// orOff is an address with a port, or "" for none.
func orOff(k kind) kind {
	return kind{
		noun: k.noun,
		parse: func(value any) (any, error) {
			if value == "" {
				return netip.AddrPort{}, nil
			}
			return k.parse(value)
		},
		read: k.read,
	}
}

// advertised is an address that others can reach, with a port or without (0).
func advertised() kind {
	return textual("address, or address:port", "an address", func(text string) (netip.AddrPort, error) {
		ap, err := netip.ParseAddrPort(text)
		if err != nil {
			var a netip.Addr
			a, err = netip.ParseAddr(text)
			ap = netip.AddrPortFrom(a, 0)
		}
		if err != nil || ap.Addr().Zone() != "" {
			return ap, fmt.Errorf("%q is no address, such as 192.0.2.1, 192.0.2.1:7946 or [2001:db8::1]:7946", text)
		}
		if ap.Addr().IsUnspecified() || ap.Addr().IsMulticast() {
			return ap, fmt.Errorf("%s is no address that other nodes can reach", ap.Addr())
		}
		return ap, unmapped(ap.Addr())
	})
}

// witnessAddr is an address with a port or without (443): what most hosts on the Internet answer on.
func witnessAddr() kind { return addrWithPort(443) }

// dnsAddr is an address of a name server, with a port or without (53).
func dnsAddr() kind { return addrWithPort(53) }

func addrWithPort(port uint16) kind {
	return textual("address, or address:port", "an address", func(text string) (netip.AddrPort, error) {
		ap, err := netip.ParseAddrPort(text)
		if err != nil {
			var a netip.Addr
			a, err = netip.ParseAddr(text)
			ap = netip.AddrPortFrom(a, port)
		}
		if err != nil || ap.Addr().Zone() != "" || ap.Port() == 0 {
			return ap, fmt.Errorf("%q is no address, such as 192.0.2.1, 192.0.2.1:53 or [2001:db8::1]:53", text)
		}
		return ap, unmapped(ap.Addr())
	})
}

func prefix() kind {
	return textual("prefix", "a prefix", func(text string) (netip.Prefix, error) {
		p, err := netip.ParsePrefix(text)
		if a, lone := netip.ParseAddr(text); err != nil && lone == nil && a.Zone() == "" {
			return p, fmt.Errorf("%s has no length: write %s/%d for this address alone", text, a, a.BitLen())
		}
		if err != nil {
			return p, fmt.Errorf("%q is no prefix, such as 192.0.2.0/24 or 2001:db8::/32", text)
		}
		return p, unmapped(p.Addr())
	})
}

// hostPort is a host with a port or without (7946): a string in the form of net.Dial, an IPv6 address in brackets.
func hostPort() kind {
	return textual("host", "a host", func(text string) (string, error) {
		if a, err := netip.ParseAddr(text); err == nil {
			return netip.AddrPortFrom(a, gossipPort).String(), unmapped(a)
		}
		if ap, err := netip.ParseAddrPort(text); err == nil && ap.Port() > 0 {
			return ap.String(), unmapped(ap.Addr())
		}
		host, port, found := strings.Cut(text, ":")
		if !found {
			port = strconv.Itoa(gossipPort)
		}
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || !isHost(host) {
			return "", fmt.Errorf("%q is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946", text)
		}
		return fmt.Sprintf("%s:%d", host, n), nil
	})
}

// isHost says whether a name could be a host's: letters, digits, hyphens and underscores between dots, and not all
// digits, as a mistyped address is.
func isHost(name string) bool {
	if len(name) > 253 || strings.Trim(name, "0123456789.") == "" {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// domainName is a domain name in the presentation form of RFC 1035 section 5.1: a string, absolute and in lower case.
func domainName() kind {
	return textual("domain name", "a domain name", func(text string) (string, error) {
		if text == "." {
			return text, nil
		}
		name := strings.ToLower(text)
		octets, label := 1, 0 // octets counts the root
		for i := 0; i < len(name); i++ {
			switch c := name[i]; {
			case c == '.' && label == 0:
				return "", fmt.Errorf("%q is no domain name: an empty label", text)
			case c == '.':
				octets, label = octets+label+1, 0
				continue
			case c == '\\':
				n := escaped(name[i+1:])
				if n == 0 {
					return "", fmt.Errorf("%q is no domain name: an escape is \\ and a character or three digits", text)
				}
				i += n
			case c <= ' ' || c >= 0x7f || strings.IndexByte(`"();@`, c) >= 0:
				return "", fmt.Errorf("%q is no domain name: %q in it", text, c)
			}
			if label++; label > 63 {
				return "", fmt.Errorf("%q is no domain name: a label of more than 63 octets", text)
			}
		}
		if label > 0 {
			octets += label + 1
			name += "."
		}
		if octets > 255 || name == "" {
			return "", fmt.Errorf("%q is no domain name: 1 to 255 octets", text)
		}
		return name, nil
	})
}

// keyName is the name of a key that messages are signed with.
func keyName() kind {
	k := domainName()
	k.noun = "name of a key"
	return k
}

// escaped is the number of characters that an escape takes after its backslash; 0 if it is none.
func escaped(rest string) int {
	switch {
	case rest == "":
		return 0
	case rest[0] < '0' || rest[0] > '9':
		return 1
	case len(rest) < 3:
		return 0
	}
	if n, err := strconv.ParseUint(rest[:3], 10, 8); err != nil || n > 255 {
		return 0
	}
	return 3
}
