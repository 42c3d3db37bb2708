package config

import "time"

// checkKeys say how an address is probed.
func checkKeys() []key {
	return []key{
		{name: "type", kind: oneOf("tcp", "http", "https", "dns"), fallback: "tcp",
			means: "what is tried, and when it has passed: see [check](configuration.md#check)"},
		{name: "port", kind: whole(1, 65535), fallback: int64(443), instead: "443 (http: 80, dns: 53)",
			means: "of the address"},
		{name: "interval", kind: duration(100*time.Millisecond, time.Hour), fallback: "1s",
			means: "between regular checks of one address"},
		{name: "timeout", kind: duration(time.Millisecond, 10*time.Second), fallback: "500ms",
			means: "of one check; at most ten intervals"},
		{name: "fall", kind: whole(1, 1000), fallback: int64(6),
			means: "failures in a row until the vote is down"},
		{name: "rise", kind: whole(1, 1000), fallback: int64(5),
			means: "successes in a row until it is up again"},
		{name: "slow", kind: duration(0, 10*time.Second), fallback: "0s",
			means: "an answer that takes longer counts as lost among the last 30, more than 30 % of which make an uplink " +
				"lossy and at risk; it never makes it fall. Less than `check.timeout`; `0s` is off"},
		{name: "path", kind: requestTarget(), fallback: "/",
			means: "http, https: asked for with GET"},
		{name: "host", kind: host(), instead: "the address",
			means: "http, https: the Host field, and the name that the certificate must be for"},
		{name: "status", kind: whole(100, 599), list: true, fallback: list{{value: int64(200)}},
			means: "http, https: what counts as a success"},
		{name: "verify", kind: boolean(), fallback: true,
			means: "https: whether the certificate must verify"},
		{name: "name", kind: domainName(),
			means: "dns: asked for; needed there"},
		{name: "qtype", kind: qtype(), fallback: "SOA",
			means: "dns: `SOA`, `A`, `AAAA`, `CAA`, `CNAME`, `DNSKEY`, `DS`, `HTTPS`, `MX`, `NS`, `PTR`, `SRV`, `SVCB` " +
				"or `TXT`"},
	}
}

// namedCheckKeys are those of a check and its name. Lists have no defaults: the checker knows them.
func namedCheckKeys() []key {
	keys := []key{{name: "check", kind: word(), required: true, means: "the name, each once; none of `/ : + , \"`"}}
	for _, k := range checkKeys() {
		if k.instead == "" && k.fallback != nil {
			k.instead = showDefault(k.fallback)
		}
		k.means = "as `check." + k.name + "`"
		switch k.name {
		case "interval", "timeout", "fall", "rise", "slow":
			k.instead = "check." + k.name
		}
		k.fallback = nil
		keys = append(keys, k)
	}
	return keys
}
