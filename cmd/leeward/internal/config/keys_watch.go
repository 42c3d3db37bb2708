package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// logKeys say what is logged, and how.
func logKeys() []key {
	return []key{
		{name: "level", kind: logLevel(), fallback: "info",
			means: "what is less urgent is not logged. `leeward log level` changes it for a while"},
		{name: "format", kind: oneOf("text", "json"), fallback: "text",
			means: "to standard error"},
		{name: "queries", keys: []key{
			{name: "sample", kind: whole(0, 1_000_000_000), fallback: int64(0),
				means: "one query in so many is logged, with the reason of its answer; 0: none. See " +
					"[the log of queries](watching.md#the-log-of-queries)"},
			{name: "most", kind: whole(1, 10_000), fallback: int64(10),
				means: "queries logged a second at the most"},
			{name: "client", kind: oneOf("scope", "whole"), fallback: "scope",
				means: "how much of the client's address is logged: no more than its answer depends on (its scope), and at " +
					"most 24 bits of IPv4 and 56 of IPv6; or all that is known of it"},
		}},
	}
}

// dnstapKeys say who is told of queries and responses.
func dnstapKeys() []key {
	return []key{
		{name: "to", kind: destination(), instead: "absent: off",
			means: "who is told of queries and responses, as [dnstap](watching.md#dnstap): `unix:PATH` and `tcp:HOST:PORT`, where a " +
				"reader listens, or `file:PATH`. A reload takes up this group"},
		{name: "queries", kind: boolean(), fallback: true,
			means: "tell of queries"},
		{name: "responses", kind: boolean(), fallback: true,
			means: "tell of responses"},
		{name: "sample", kind: whole(1, 1_000_000_000), fallback: int64(1),
			means: "one query in so many, and its response"},
		{name: "identity", kind: line(), instead: "node.name",
			means: "who tells. `\"\"` is left out"},
		{name: "version", kind: line(), instead: "leeward VERSION",
			means: "of the program that tells. `\"\"` is left out"},
		{name: "buffer", kind: whole(64<<10, 1<<30), fallback: int64(8 << 20),
			means: "octets that wait for the reader at the most; what finds no room is dropped and counted by " +
				"`leeward_dnstap_dropped_total`"},
	}
}

// Destination is where a stream goes.
type Destination struct {
	Network string // unix, tcp or file; "": nowhere
	Address string // a path, or host:port
}

// destination is unix:PATH, tcp:HOST:PORT or file:PATH.
func destination() kind {
	return textual("`unix:PATH`, `tcp:HOST:PORT` or `file:PATH`", "a destination", func(text string) (Destination, error) {
		network, address, _ := strings.Cut(text, ":")
		bad := fmt.Errorf("%q is no destination, such as unix:/run/dnstap.sock, tcp:127.0.0.1:6000 or file:/var/log/leeward.dnstap", text)
		switch network {
		case "unix", "file":
			if _, err := path().parse(address); err != nil || address == "" {
				return Destination{}, bad
			}
		case "tcp":
			if !isHostPort(address) {
				return Destination{}, bad
			}
		default:
			return Destination{}, bad
		}
		return Destination{network, address}, nil
	})
}

// isHostPort says whether text is an address or a host's name, and a port.
func isHostPort(text string) bool {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Port() > 0
	}
	host, port, _ := strings.Cut(text, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && isHost(host)
}

// dnstap completes and checks who is told of queries.
func (k checker) dnstap(version string) {
	d := &k.c.Dnstap
	if !k.given("dnstap.identity") {
		d.Identity = k.c.Node.Name
	}
	if !k.given("dnstap.version") {
		d.Version = strings.TrimSpace("leeward " + version)
	}
	if !k.given("dnstap.to") {
		for _, name := range []string{"queries", "responses", "sample", "identity", "version", "buffer"} {
			if k.given("dnstap." + name) {
				k.badKey("dnstap."+name, "has no meaning without dnstap.to")
				return
			}
		}
		return
	}
	if !k.clean("dnstap.to", "dnstap.queries", "dnstap.responses") {
		return
	}
	if !d.Queries && !d.Responses {
		k.badKey("dnstap.responses", "neither queries nor responses: nothing would be told")
	}
	if d.To.Network == "tcp" {
		return
	}
	if !filepath.IsAbs(d.To.Address) {
		d.To.Address = filepath.Join(k.dir, d.To.Address)
	}
	if d.To.Network == "unix" && len(d.To.Address) > maxSocket {
		k.badKey("dnstap.to", "%s is longer than %d octets", d.To.Address, maxSocket)
	}
}
