package cluster

import (
	"fmt"
	"net/netip"
	"strings"
)

// NameError ends a node whose name another node, started earlier, already has.
type NameError struct {
	Name string
	Addr netip.AddrPort // of the other node
}

func (e *NameError) Error() string {
	return fmt.Sprintf("a node named %s runs already at %s: names are unique in a cluster (node.name)", e.Name, e.Addr)
}

// KeyError ends a node when at its start every peer that answered uses another gossip key.
type KeyError struct {
	Peers []string // that answered
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("%s cannot read our messages: another gossip key (cluster.key_file)", strings.Join(e.Peers, ", "))
}
