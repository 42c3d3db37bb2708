package config

import "time"

// nodeKeys say who this node is.
func nodeKeys() []key {
	return []key{
		{name: "name", kind: word(), instead: "host name", flag: "node-name",
			means: "this node. Unique in the cluster: a second node of the same name is refused. At most 128 octets"},
		{name: "colo", kind: word(), flag: "node-colo",
			means: "the colo this node stands in. It must be one of `colos`. None: an observer outside all colos"},
	}
}

// dnsKeys are about queries and their transports.
func dnsKeys() []key {
	return []key{
		{name: "listen", kind: addrPort(), list: true, fallback: list{{value: "0.0.0.0:53"}, {value: "[::]:53"}},
			means: "where queries are answered, UDP and TCP. Answers leave from the address asked (on Linux; " +
				"elsewhere list the addresses themselves). Twice the same address is refused"},
		{name: "nsid", kind: line(), instead: "node.name",
			means: "told to who asks: NSID (RFC 5001), and `id.server` and `hostname.bind` in class CH. `\"\"` " +
				"refuses"},
		{name: "version", kind: line(), instead: "leeward VERSION",
			means: "told as `version.server` and `version.bind` in class CH. `\"\"` refuses"},
		{name: "udp_size", kind: whole(512, 4096), fallback: int64(1232),
			means: "octets of the largest answer over UDP. A client that takes less gets less"},
		{name: "proxy", kind: prefix(), list: true, lone: true, instead: "[]",
			means: "who stands before this server, such as dnsdist or a balancer, and tells each client's address by " +
				"the PROXY protocol, version 2. From these prefixes it is required, from all others it is not " +
				"understood"},
		{name: "udp", keys: []key{
			{name: "sockets", kind: whole(0, 1024), fallback: int64(0), instead: "0 (one for each processor)",
				means: "UDP sockets for each address, which share its port and the queries. One where the " +
					"system has no such sharing"},
			{name: "batch", kind: whole(1, 1024), fallback: int64(32),
				means: "UDP queries taken from a socket at a time. No more are waited for. Each has room " +
					"for the largest datagram, 64 KiB, which takes memory only when such come"},
			{name: "receive_buffer", kind: whole(0, 1<<30), fallback: int64(0), instead: "0 (1 MiB, or what the system allows)",
				means: "octets of queries that wait for their turn on one socket. What finds no room is counted by " +
					"`leeward_dns_dropped_total{reason=\"queue\"}`"},
		}},
		{name: "tcp", keys: []key{
			{name: "idle", kind: duration(time.Millisecond, forever), fallback: "10s",
				means: "a TCP connection without a whole query for so long is closed"},
			{name: "connections", kind: whole(1, 1_000_000), fallback: int64(1000),
				means: "TCP connections over all addresses. At the limit the longest idle one is " +
					"closed. Besides what the system keeps for it, one that waits costs up to 10 KiB and the " +
					"octets of a query that is not whole; one on which something is being said up to 128 KiB " +
					"more, and 64 KiB for each of its transfers, of which there are four at the most"},
		}},
	}
}

// defaultSocket is where the admin API listens that is not told otherwise.
const defaultSocket = "/run/leeward/leeward.sock"

// adminKeys say where the admin API listens, and for whom.
func adminKeys() []key {
	return []key{
		{name: "listen", kind: orOff(addrPort()), fallback: "127.0.0.1:9353",
			means: "HTTP. On loopback whoever is on this host may look; anywhere else `tls`, and `tokens` or `tls.clients`, are needed. `\"\"` is off"},
		{name: "socket", kind: path(), fallback: defaultSocket,
			means: "Unix socket: who may open it may do all. At most 107 octets. `\"\"` is off"},
		{name: "socket_mode", kind: fileMode(), fallback: "0660",
			means: "of the socket's file: who may do all"},
		{name: "socket_group", kind: word(), instead: "the server's",
			means: "group of the socket's file; the server must belong to it, or be root"},
		{name: "anonymous", kind: oneOf("read", "none"), instead: "`read` on loopback without `tokens` and `tls.clients`, else `none`",
			means: "what those may do by `listen` who show nothing; [security](security.md#administration). `read` is for loopback alone"},
		{name: "tokens", list: true, instead: "[]",
			means: "bearer tokens; `leeward tokens new` makes one, with its line for here",
			keys: []key{
				{name: "name", kind: word(), required: true,
					means: "whose it is: in the audit log, and as who drained"},
				{name: "role", kind: oneOf("read", "drain", "admin"), required: true,
					means: "`read` looks, `drain` also sets and ends overrides, `admin` may do all"},
				{name: "sha256", kind: sum256(), required: true,
					means: "SHA-256 of the token, in hex: the token itself is nowhere here"},
			}},
		{name: "tls", instead: "absent: no TLS",
			means: "TLS for `listen`; the files are read anew when they change",
			keys: []key{
				{name: "certificate", kind: path(), required: true,
					means: "PEM, with those between it and its authority"},
				{name: "key", kind: path(), required: true,
					means: "PEM"},
				{name: "client_ca", kind: path(),
					means: "PEM: the authorities of clients' certificates; needed with `clients`"},
				{name: "clients", list: true, instead: "[]",
					means: "who may come with a certificate",
					keys: []key{
						{name: "name", kind: word(), required: true,
							means: "a name in the certificate: common name, DNS name, e-mail address or URI"},
						{name: "role", kind: oneOf("read", "drain", "admin"), required: true,
							means: "as of `tokens`"},
					}},
			}},
	}
}

// stateKeys say what is kept between runs.
func stateKeys() []key {
	return []key{
		{name: "directory", kind: path(), fallback: "/var/lib/leeward",
			means: "the last verdicts, the overrides, challenges and incidents, for the next start, and the audit log. Made if need be; without `colos` it is " +
				"used for challenges and the audit log alone. `\"\"` keeps nothing"},
	}
}
