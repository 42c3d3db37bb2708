package admin

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
)

// answerRoutes are questions about what the node answers, and why.
func answerRoutes(node Node) []Route {
	client := Param{Name: "client", Words: "a resolver's address, or a client's prefix as a resolver sends it; without it a resolver on this host"}
	return []Route{
		{Method: "GET", Pattern: "/v1/status", Role: RoleRead, Summary: "The node's view of the world", Reply: Status{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.Status(), nil })},
		{Method: "GET", Pattern: "/v1/explain", Role: RoleRead, Summary: "Why a client gets its answer, step by step",
			Query:  []Param{{Name: "name", Words: "a domain name", Required: true}, {Name: "type", Words: "a record type; A without it"}, client},
			Reply:  dnsserver.Explanation{},
			Handle: replying(func(r *http.Request, _ Caller) (any, error) { return explain(r, node) })},
		{Method: "GET", Pattern: "/v1/whatif", Role: RoleRead, Summary: "What would become of the answers if places were down or drained",
			Query: []Param{{Name: "down", Words: "a place, such as upstream:northway", Many: true}, {Name: "drained", Words: "a place, such as colo:ams", Many: true},
				{Name: "client", Words: "whose answers are shown as well"}},
			Reply:  dnsserver.Forecast{},
			Handle: replying(func(r *http.Request, _ Caller) (any, error) { return whatIf(r, node) })},
	}
}

func explain(r *http.Request, node Node) (any, error) {
	query := r.URL.Query()
	name, err := zones.ParseName(query.Get("name"))
	if err != nil || query.Get("name") == "" {
		return nil, fmt.Errorf("name %q is no domain name", query.Get("name"))
	}
	kind := strings.ToUpper(query.Get("type"))
	if kind == "" {
		kind = "A"
	}
	qtype, ok := zones.ParseType(kind)
	if !ok {
		return nil, fmt.Errorf("%q is no record type", query.Get("type"))
	}
	asker, err := parseClient(query.Get("client"))
	if err != nil {
		return nil, err
	}
	return node.Explain(name, qtype, asker)
}

func whatIf(r *http.Request, node Node) (any, error) {
	query := r.URL.Query()
	var what dnsserver.Supposition
	for key, to := range map[string]*[]steering.Place{"down": &what.Down, "drained": &what.Drained} {
		for _, text := range query[key] {
			place, err := steering.ParsePlace(text)
			if err != nil {
				return nil, err
			}
			*to = append(*to, place)
		}
	}
	var client netip.Prefix
	if text := query.Get("client"); text != "" {
		asker, err := parseClient(text)
		if err != nil {
			return nil, err
		}
		if client = asker.Subnet; !client.IsValid() {
			client = netip.PrefixFrom(asker.Resolver, asker.Resolver.BitLen())
		}
	}
	return node.WhatIf(what, client)
}

// parseClient reads ADDR, a resolver, or ADDR/LEN, the client subnet that a resolver on this host sends. Without either
// that resolver asks without one.
func parseClient(s string) (dnsserver.Asker, error) {
	asker := dnsserver.Asker{Resolver: netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	if s == "" {
		return asker, nil
	}
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return asker, fmt.Errorf("client %q is no prefix, such as 81.2.69.0/24", s)
		}
		asker.Subnet = p.Masked()
		return asker, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return asker, fmt.Errorf("client %q is no address, such as 81.2.69.142, and no prefix, such as 81.2.69.0/24", s)
	}
	asker.Resolver = a.Unmap().WithZone("")
	return asker, nil
}
