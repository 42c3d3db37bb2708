package config

import "time"

// processKeys are about the life of the process.
func processKeys() []key {
	return []key{
		{name: "grace", kind: duration(0, time.Hour), fallback: "2s",
			means: "how long queries are answered after SIGTERM, when health, hooks and the other nodes have heard that this " +
				"node leaves: as long as whoever sends it queries takes to notice. SIGINT, or a second signal, ends it at once"},
		{name: "user", kind: line(), fallback: "leeward", instead: "leeward, if there is such a user",
			means: "who the server becomes when root starts it, with the right to ports under 1024 and no other: see " +
				"[the process](process.md#rights). `\"\"` stays root. Whoever else starts it stays who he is"},
		{name: "hooks", keys: []key{
			{name: "ready", kind: argument(), list: true, lone: true, instead: "[]",
				means: "a program, with its arguments, that is run when this node is to be sent queries: see " +
					"[the process](process.md#hooks)"},
			{name: "unready", kind: argument(), list: true, lone: true, instead: "[]",
				means: "likewise when it is to be sent none any more"},
			{name: "timeout", kind: duration(time.Millisecond, time.Hour), fallback: "10s",
				means: "how long one may take: then it is killed"},
		}},
	}
}
