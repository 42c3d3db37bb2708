package delegation

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// count judges how many name servers there are (RFC 1034 section 4.1, RFC 2182 section 5).
//
//	names    addresses    finding
//	0, 1     any          error
//	2, ...   0, 1         error: one host under several names
//	13, ...  any          warning: more than most registries take
func (j *judgement) count() {
	names := j.Delegated()
	var addrs []netip.Addr
	for _, n := range names {
		addrs = append(addrs, n.Addrs...)
	}
	addrs = sorted(addrs)
	switch {
	case len(names) < 2:
		j.find(Error, RuleCount, fmt.Sprintf("%d name server: every registry wants two", len(names)), "add an NS record for a second server at another place")
	case len(addrs) < 2:
		j.find(Error, RuleCount, fmt.Sprintf("%d names of name servers and %d address: one failure takes them all", len(names), len(addrs)), "give each name server an address of its own")
	case len(names) > 13:
		j.find(Warning, RuleCount, fmt.Sprintf("%d name servers: most registries take up to 13", len(names)), "leave some out")
	}
	j.fine(RuleCount, "%d name servers with %d addresses", len(names), len(addrs))
}

// names judges each name and its addresses.
//
//	name                                  finding
//	no hostname (RFC 1123 section 2.1)    error
//	has a CNAME (RFC 2181 section 10.3)   error
//	has no address                        error
//	an address that is not public         error; a note where all are of this host, which is a test
//	no IPv4 among all                     error: registries want one; no IPv6: warning
func (j *judgement) names() {
	var all []netip.Addr
	for _, n := range j.Names {
		if why := hostname(n.Host); why != "" {
			j.find(Error, RuleHostname, fmt.Sprintf("%s is no hostname: %s", bare(n.Host), why), "name the server with letters, digits and inner hyphens only")
		}
		switch {
		case n.Alias != "":
			j.find(Error, RuleAlias, fmt.Sprintf("%s is an alias of %s", bare(n.Host), bare(n.Alias)), "give it A and AAAA records in place of the CNAME, or list "+bare(n.Alias))
		case len(n.Addrs) == 0:
			j.find(Error, RuleAddress, fmt.Sprintf("no address of %s is known: %s", bare(n.Host), n.Err), "give it A and AAAA records; for a test name an address with --server")
		}
		all = append(all, n.Addrs...)
	}
	j.fine(RuleHostname, "all names are hostnames")
	j.fine(RuleAlias, "no name is an alias")
	j.fine(RuleAddress, "all names have addresses")
	j.public(sorted(all))
	v4, v6 := split(all)
	if len(all) > 0 && len(v4) == 0 {
		j.find(Error, RuleFamilies, "no name server has an IPv4 address: registries want one at least", "add an A record")
	}
	if len(all) > 0 && len(v6) == 0 {
		j.find(Warning, RuleFamilies, "no name server has an IPv6 address: resolvers with IPv6 alone do not find the zone (RFC 3901)", "add AAAA records")
	}
	j.fine(RuleFamilies, "there are name servers with IPv4 and with IPv6")
}

func (j *judgement) public(addrs []netip.Addr) {
	if len(addrs) > 0 && !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !a.IsLoopback() }) {
		j.find(Note, RulePublic, "all addresses are of this host: a test", "")
		return
	}
	for _, addr := range addrs {
		if prefix, what := special(addr); what != "" {
			j.find(Error, RulePublic, fmt.Sprintf("%s is not public: %s is for %s", addr, prefix, what), "use an address that the whole Internet reaches")
		}
	}
	j.fine(RulePublic, "all addresses are public")
}

// hostname says why a name is no hostname (RFC 952, RFC 1123 section 2.1), "" if it is one.
func hostname(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for _, label := range labels {
		for _, c := range []byte(label) {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return fmt.Sprintf("%q in %q", c, label)
			}
		}
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return fmt.Sprintf("the label %q", label)
		}
	}
	if _, err := netip.ParseAddr(strings.TrimSuffix(name, ".")); err == nil {
		return "it is an address"
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return fmt.Sprintf("it ends in the number %s", last)
	}
	return ""
}

// special says for what the registries of special addresses of IANA keep an address (RFC 6890), "" if it is public.
func special(addr netip.Addr) (netip.Prefix, string) {
	for _, s := range []struct{ prefix, what string }{
		{"0.0.0.0/8", "this network"}, {"10.0.0.0/8", "private networks"}, {"100.64.0.0/10", "carriers' translators"},
		{"127.0.0.0/8", "this host"}, {"169.254.0.0/16", "one link"}, {"172.16.0.0/12", "private networks"},
		{"192.0.0.0/24", "protocols"}, {"192.0.2.0/24", "documentation"}, {"192.88.99.0/24", "a relay that is no more"},
		{"192.168.0.0/16", "private networks"}, {"198.18.0.0/15", "benchmarks"}, {"198.51.100.0/24", "documentation"},
		{"203.0.113.0/24", "documentation"}, {"224.0.0.0/3", "multicast and the future"},
		{"::/128", "nothing"}, {"::1/128", "this host"}, {"::ffff:0:0/96", "IPv4"}, {"64:ff9b::/96", "translators"},
		{"64:ff9b:1::/48", "translators"}, {"100::/64", "throwing away"}, {"2001:db8::/32", "documentation"},
		{"2001::/32", "Teredo"}, {"2001:2::/48", "benchmarks"}, {"2001:10::/28", "ORCHID"}, {"2002::/16", "6to4"},
		{"3fff::/20", "documentation"}, {"5f00::/16", "segments"}, {"fc00::/7", "private networks"},
		{"fe80::/10", "one link"}, {"ff00::/8", "multicast"},
	} {
		if p := netip.MustParsePrefix(s.prefix); p.Contains(addr) {
			return p, s.what
		}
	}
	return netip.Prefix{}, ""
}

func split(addrs []netip.Addr) (v4, v6 []netip.Addr) {
	for _, addr := range addrs {
		if addr.Is4() {
			v4 = append(v4, addr)
		} else {
			v6 = append(v6, addr)
		}
	}
	return sorted(v4), sorted(v6)
}
