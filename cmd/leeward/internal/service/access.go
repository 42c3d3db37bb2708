package service

import (
	"net/netip"
	"slices"

	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
	"leeward/zones"
	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

// tsigKeys are the keys of the configuration, by name.
func tsigKeys(cfg *config.Config) map[string]*tsig.Key {
	keys := map[string]*tsig.Key{}
	for _, k := range cfg.Zones.Keys {
		algorithm, err := tsig.ParseAlgorithm(k.Algorithm)
		if err != nil {
			panic(err) // the configuration has checked it
		}
		keys[k.Name] = &tsig.Key{Name: nameOf(k.Name), Algorithm: algorithm, Secret: k.Secret}
	}
	return keys
}

// access is who may do more than ask: what the configuration allows, the primaries of secondary zones, who may notify, and
// the nodes of the cluster, which may transfer whatever they like. The loop calls it, much more often than anything of that
// changes.
func (s *Service) access(p *plane) *dnsserver.Access {
	var follow []*tsig.Key
	if p.config.Cluster != nil {
		follow = s.followKeys()
	}
	if last := &s.permitted; last.plane != p || !slices.EqualFunc(last.follow, follow, func(a, b *tsig.Key) bool { return a.Name == b.Name }) {
		s.permitted = permitted{p, follow, accessOf(p.config, follow)}
	}
	return s.permitted.access
}

// permitted is who may do more, and what that was made of.
type permitted struct {
	plane  *plane
	follow []*tsig.Key
	access *dnsserver.Access
}

func accessOf(cfg *config.Config, follow []*tsig.Key) *dnsserver.Access {
	configured := tsigKeys(cfg)
	var keys []*tsig.Key
	for _, k := range configured {
		keys = append(keys, k)
	}
	a := &dnsserver.Access{}
	for _, t := range cfg.Zones.Transfer {
		a.Transfer = append(a.Transfer, dnsserver.Rule{Zones: namesOf(t.Zones), Prefixes: t.Prefixes, Key: keyName(t.Key), Except: allEditions(cfg)})
	}
	for _, u := range cfg.Zones.Update {
		a.Update = append(a.Update, dnsserver.Rule{Zones: namesOf(u.Zones), Prefixes: u.Prefixes, Key: keyName(u.Key)})
	}
	for _, z := range cfg.Zones.Secondary {
		a.Notify = append(a.Notify, notifiers(z)...)
	}
	for _, k := range follow {
		keys = append(keys, k)
		rule := dnsserver.Rule{Key: k.Name}
		if cfg.Cluster.Key == nil {
			rule.Prefixes = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		}
		a.Transfer = append(a.Transfer, rule)
	}
	a.Keys = tsig.NewKeys(keys...)
	return a
}

// notifiers is who may say that a secondary zone has changed: its primaries, and whoever has their key. What is said is only
// a reason to ask the primaries. Of a catalog it is said of its members too, which have names of all kinds.
func notifiers(z config.Secondary) []dnsserver.Rule {
	rule := dnsserver.Rule{Zones: namesOf([]string{z.Origin})}
	if z.Catalog {
		rule.Zones = nil
	}
	byAddress, byKey := rule, rule
	for _, p := range z.Primaries {
		byAddress.Prefixes = append(byAddress.Prefixes, netip.PrefixFrom(p.Addr(), p.Addr().BitLen()))
	}
	if z.Key == "" {
		return []dnsserver.Rule{byAddress}
	}
	byKey.Key = keyName(z.Key)
	return []dnsserver.Rule{byAddress, byKey}
}

// secondariesOf are the secondary zones of the configuration.
func secondariesOf(cfg *config.Config, keys map[string]*tsig.Key) []transfer.Secondary {
	var list []transfer.Secondary
	for _, z := range cfg.Zones.Secondary {
		secondary := transfer.Secondary{Origin: nameOf(z.Origin), Catalog: z.Catalog, Hidden: z.Catalog}
		for _, addr := range z.Primaries {
			secondary.Primaries = append(secondary.Primaries, transfer.Primary{Addr: addr, Key: keys[z.Key], From: source(cfg.DNS.Listen, addr.Addr())})
		}
		list = append(list, secondary)
	}
	return list
}

// targets are who is told of changes.
func targets(cfg *config.Config, keys map[string]*tsig.Key) []transfer.Target {
	var list []transfer.Target
	for _, n := range cfg.Zones.Notify {
		for _, addr := range n.Addresses {
			list = append(list, transfer.Target{Addr: addr, Key: keys[n.Key], Zones: namesOf(n.Zones),
				From: source(cfg.DNS.Listen, addr.Addr())})
		}
	}
	return list
}

// source is the address that another server is spoken to from: the first of those listened on that can reach it, because
// that is the one it knows this server by. None where all addresses are listened on: then as the routes lead.
func source(listen []netip.AddrPort, to netip.Addr) netip.Addr {
	for _, l := range listen {
		a := l.Addr()
		if !a.IsUnspecified() && a.Is4() == to.Is4() && a.IsLoopback() == to.IsLoopback() {
			return a
		}
	}
	return netip.Addr{}
}

func namesOf(texts []string) []zones.Name {
	var names []zones.Name
	for _, text := range texts {
		names = append(names, nameOf(text))
	}
	return names
}

func keyName(text string) zones.Name {
	if text == "" {
		return ""
	}
	return nameOf(text)
}

// cookies are made with secrets of the gossip key, so that all nodes take each other's: behind one address may be several
// (RFC 9018 section 3). Without a key they are made up at the start.
func (s *Service) cookies() *dnsserver.Cookies {
	secrets := s.node.Derive("dns cookies")
	if len(secrets) == 0 {
		secrets = [][]byte{s.random[:]}
	}
	current := [16]byte(secrets[0])
	previous := current
	if len(secrets) > 1 {
		previous = [16]byte(secrets[1])
	}
	return dnsserver.NewCookies(current, previous)
}
