package steering

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
)

// Witness is an address outside the network. A node that reaches none of its targets and no witness does not see the
// others fail: it is blind.
type Witness struct {
	ID       TargetID // of the votes on it, the same on every node that knows it
	Upstream string
	Addr     netip.AddrPort // TCP; whatever comes back shows that it is reached, a refusal too
}

// NewWitness makes a witness.
func NewWitness(upstream string, addr netip.AddrPort) Witness {
	sum := sha256.Sum256(fmt.Appendf(nil, "witness\x00%s\x00%s", upstream, addr))
	return Witness{idOf(sum), upstream, addr}
}
