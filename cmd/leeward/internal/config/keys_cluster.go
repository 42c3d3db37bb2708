package config

// clusterKeys say how nodes find and trust each other.
func clusterKeys() []key {
	return []key{
		{name: "listen", kind: addrPort(), fallback: "0.0.0.0:7946",
			means: "where this node hears the others, UDP and TCP"},
		{name: "advertise", kind: advertised(), list: true, lone: true, fallback: list{}, instead: "as listening",
			means: "where the others reach this node, at most 4. None: the address listened on; of `0.0.0.0` and " +
				"`[::]`, the address from which the first peer is reached. State it behind NAT. In a colo with " +
				"several uplinks list an address of each: everything is sent to all of them, so that gossip goes " +
				"on whichever upstream is dead ([operations](operations.md#gossip-over-several-uplinks))"},
		{name: "join", kind: hostPort(), list: true, fallback: list{},
			means: "peers to find the others by, port 7946 unless another is stated. A few are enough. The list may be the same on all nodes: a node " +
				"skips itself"},
		{name: "key_file", kind: path(),
			means: "the shared key: base64 of 32 octets, from `leeward keys new`. Required unless `cluster.listen` " +
				"is a loopback address. A file that all users may read or write is warned about. Beside it, with " +
				"`.next` at the end of its name, lies the key that is to take its place: see `leeward keys " +
				"rotate` in [security](security.md)"},
		{name: "allow", kind: prefix(), list: true, fallback: list{},
			means: "who may speak to this node. Empty: whoever has the key"},
	}
}
