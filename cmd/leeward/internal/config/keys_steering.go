package config

import "time"

// steeringKeys say how answers are chosen and bounded.
func steeringKeys() []key {
	return []key{
		{name: "ttl", keys: []key{
			{name: "max", kind: wholeSeconds(), fallback: "30s",
				means: "the longest TTL of a steered answer; a shorter one in the zone stays"},
			{name: "min", kind: wholeSeconds(), fallback: "5s",
				means: "the longest TTL while the answer may be about to change: see [TTL](decisions.md#ttl). At most " +
					"`ttl.max`"},
		}},
		{name: "ramp", kind: duration(0, forever), fallback: "60s",
			means: "over which the clients of a colo that was down return to it, in slices; twice as long with each fall " +
				"that is remembered, at most ten times: see [the ramp](decisions.md#the-ramp). `0s`: all at once"},
		// A heartbeat comes every second: with less, every vote would be stale between two of them.
		{name: "stale", kind: duration(time.Second, forever), fallback: "2.5s",
			means: "a vote counts while the last heartbeat of its node is no older. A heartbeat comes every second"},
		{name: "preempt", kind: boolean(), fallback: false,
			means: "a colo that is up comes before a nearer one that is only at risk"},
		{name: "hold", kind: duration(0, forever), fallback: "10m",
			means: "how long a fall is remembered; each one remembered doubles the time to rise. `0s` is off"},
		{name: "witnesses", list: true, fallback: list{},
			means: "addresses outside the network that every node tries: one that reaches none of them and no colo is " +
				"blind, and its down votes do not count. List at least one for each upstream, or be warned",
			keys: []key{
				{name: "upstream", kind: word(), required: true,
					means: "must be an upstream of `colos`"},
				{name: "address", kind: witnessAddr(), required: true,
					means: "tried by TCP, at port 443 unless another is stated, at the pace of the check; a refusal shows " +
						"that it is reached too. Must lie in no uplink's prefix"},
			}},
		{name: "geo", keys: []key{
			{name: "database", kind: path(), fallback: "", instead: `"" (embedded country map)`,
				means: "a MaxMind DB, in MaxMind's own layout or the flat one: see [nearest](decisions.md#nearest)"},
			{name: "asn", kind: path(), fallback: "",
				means: "a MaxMind DB of autonomous systems, in MaxMind's layout (`autonomous_system_number`) or a flat " +
					"one (`asn`): for lines of the nets file and [policies](steering.md) that name them"},
			{name: "nets", kind: path(), fallback: "",
				means: "what the operator knows better: see [the nets file](decisions.md#the-nets-file)"},
			{name: "latency", kind: path(), fallback: "",
				means: "what was measured between networks and colos: see [the latency " +
					"table](decisions.md#the-latency-table)"},
			{name: "default", keys: locationKeys(), instead: "first colo",
				means: "where clients of unknown location stand"},
		}},
	}
}

func locationKeys() []key {
	return []key{
		{name: "lat", kind: fraction(-90, 90), required: true, means: "degrees, north positive"},
		{name: "lon", kind: fraction(-180, 180), required: true, means: "degrees, east positive"},
	}
}

// coloKeys are those of one colo.
func coloKeys() []key {
	return []key{
		{name: "name", kind: word(), required: true,
			means: "unique; none of `/ : + , \"`"},
		{name: "location", keys: locationKeys(), required: true},
		{name: "capacity", kind: fraction(0, 1_000_000_000),
			means: "how many steered answers a second it can bear the clients of ([capacity](decisions.md#capacity)); " +
				"without it, or 0, any number"},
		{name: "load", instead: "it is not measured",
			means: "where the nodes in the colo find its load, a number from 0 on, the first word of a file or of what a " +
				"URL gives; read every second",
			keys: []key{
				{name: "file", kind: path(),
					means: "one of the two"},
				{name: "url", kind: url(),
					means: "http or https, GET, status 200 within 2 s"},
				{name: "low", kind: fraction(0, 1_000_000_000), required: true,
					means: "below it the colo takes clients back, in whatever unit the load is; less than `high`"},
				{name: "high", kind: fraction(0, 1_000_000_000), required: true,
					means: "above it the colo gives clients away"},
			}},
		{name: "uplinks", list: true, required: true, keys: []key{
			{name: "upstreams", kind: word(), list: true, required: true,
				means: "the upstream, or all that announce the same prefixes; none of `/ : + , \"`. A second uplink of " +
					"the colo with the same upstreams is refused"},
			{name: "prefixes", kind: prefix(), list: true, required: true,
				means: "what is reached through it. The same prefix in two uplinks is refused, as are bits set beyond " +
					"the length. Prefixes may lie within each other: the longest holds"},
			{name: "probe", kind: addr(), list: true,
				means: "the addresses to probe. They need not lie in the uplink's prefixes, but must not lie in " +
					"another's. Without one the uplink is never found down, which is warned about"},
		}},
	}
}
