package config

import "time"

// zonesKeys say where zones are, and who may have them.
func zonesKeys() []key {
	return []key{
		{name: "directory", kind: path(),
			means: "a directory of files `NAME.zone`, one a zone"},
		{name: "files", list: true, keys: []key{
			{name: "origin", kind: domainName(), required: true,
				means: "a zone whose name is no file name. Twice the same is refused"},
			{name: "file", kind: path(), required: true,
				means: "its file"},
		}},
		{name: "serial", kind: oneOf("keep", "increment", "unixtime"), fallback: "keep",
			means: "with which serial an edit is served that brings no new one: see [zones](zones.md#serials)"},
		{name: "follow", kind: word(), list: true, instead: "[]",
			means: "nodes of the cluster whose zones this one serves too: see [one place to edit](follow.md). Needs " +
				"`cluster`"},
		{name: "secondary", list: true, instead: "[]",
			means: "zones that come by transfer: see [transfers](transfers.md)",
			keys: []key{
				{name: "origin", kind: domainName(), required: true,
					means: "the zone. Twice the same, or one that has a file, is refused"},
				{name: "primaries", kind: dnsAddr(), list: true, lone: true, required: true,
					means: "whom to ask, in this order; port 53 unless another is stated"},
				{name: "key", kind: keyName(),
					means: "signs what is asked, and must sign the answers"},
				{name: "catalog", kind: boolean(), instead: "false",
					means: "the zone is a catalog (RFC 9432): the zones that it lists are got in the same way"},
			}},
		{name: "transfer", list: true, instead: "[]",
			means: "who may transfer. Who fits no entry is refused",
			keys: []key{
				{name: "zones", kind: domainName(), list: true, lone: true, instead: "all",
					means: "of which zones"},
				{name: "prefixes", kind: prefix(), list: true, lone: true, instead: "any",
					means: "from which addresses. Prefixes or a key are needed; with both, both must fit"},
				{name: "key", kind: keyName(),
					means: "signed with which key"},
			}},
		{name: "update", list: true, instead: "[]",
			means: "who may set [challenges](acme.md) by dynamic updates (RFC 2136). Who fits no entry is refused",
			keys: []key{
				{name: "zones", kind: domainName(), list: true, lone: true, instead: "all",
					means: "in which zones"},
				{name: "prefixes", kind: prefix(), list: true, lone: true, instead: "any",
					means: "from which addresses"},
				{name: "key", kind: keyName(), required: true,
					means: "signed with which key"},
			}},
		{name: "notify", list: true, instead: "[]",
			means: "who is told of a new version (RFC 1996)",
			keys: []key{
				{name: "zones", kind: domainName(), list: true, lone: true, instead: "all",
					means: "of which zones"},
				{name: "addresses", kind: dnsAddr(), list: true, lone: true, required: true,
					means: "at which addresses; port 53 unless another is stated"},
				{name: "key", kind: keyName(),
					means: "signs what is told"},
			}},
		{name: "catalog", kind: domainName(),
			means: "the name of a catalog zone that is made of all zones in files, for those who may transfer it"},
		{name: "keys", list: true, instead: "[]",
			means: "TSIG keys (RFC 8945), by name",
			keys: []key{
				{name: "name", kind: domainName(), required: true,
					means: "as both sides call it"},
				{name: "algorithm", kind: oneOf("hmac-sha256", "hmac-sha384", "hmac-sha512"), instead: "hmac-sha256",
					means: "of the signatures"},
				{name: "secret", kind: secret(),
					means: "at least 16 octets; `leeward keys new` makes one. This or `secret_file` is needed"},
				{name: "secret_file", kind: path(),
					means: "a file that holds it. One that all users may read or write is warned about"},
			}},
		{name: "verify", keys: []key{
			{name: "command", kind: argument(), list: true, lone: true, instead: "[]",
				means: "a program, with its arguments, that a changed zone must pass before it is served: see " +
					"[zones](zones.md)"},
			{name: "timeout", kind: duration(time.Millisecond, time.Hour), fallback: "30s",
				means: "how long it may take"},
		}},
	}
}
