package steering

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// ColoIndex is a colo's position in the configuration, from 0.
type ColoIndex uint16

// UplinkIndex is an uplink's position among all uplinks of the network, from 0, colo by colo.
type UplinkIndex uint16

// NoUplink is the uplink of an address that lies in no uplink's prefix.
const NoUplink = UplinkIndex(1<<16 - 1)

// Colo is a place that serves traffic.
type Colo struct {
	Name     string
	Location Location
	Capacity float64     // steered answers a second that it can bear the clients of; 0 is not stated
	Load     *LoadSource // nil: it is not measured
	Uplinks  []Uplink
}

// Uplink is a colo's connection through one upstream, or through several that announce the same prefixes.
type Uplink struct {
	Upstreams []string
	Prefixes  []netip.Prefix
	Probe     []netip.Addr
}

// Name is the upstreams joined by +, in the order of the configuration.
func (u *Uplink) Name() string { return strings.Join(u.Upstreams, "+") }

// Has says whether the uplink goes through the upstream.
func (u *Uplink) Has(upstream string) bool { return slices.Contains(u.Upstreams, upstream) }

// TargetID is the hash of a target's colo, upstreams, address and check: the same on every node that knows the target.
type TargetID uint64

func (t TargetID) String() string { return fmt.Sprintf("%016x", uint64(t)) }

// Target is an address with the check that probes it.
type Target struct {
	ID     TargetID
	Uplink UplinkIndex
	Addr   netip.Addr
	Check  string // the name of the check; "": that of all uplinks
}

// Digest identifies a value across nodes: equal values have equal digests.
type Digest [8]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Network is all colos, uplinks and upstreams of a configuration. It is immutable.
type Network struct {
	colos     []Colo
	uplinks   []Uplink    // of all colos, in order
	coloOf    []ColoIndex // colo of each uplink
	upstreams []string    // in order of first mention
	check     Check
	checks    map[string]Check // by name
	targets   []Target
	witnesses []Witness
	byID      map[TargetID]int
	byName    map[string]ColoIndex
	byPrefix  map[netip.Prefix]UplinkIndex
	lengths   []int // of prefixes, longest first
	digest    Digest

	upstreamsOf [][]string // of each colo, sorted
}

// Colos are the colos in the order of the configuration. The caller must not change them.
func (n *Network) Colos() []Colo { return n.colos }

// Uplinks are all uplinks, colo by colo. The caller must not change them.
func (n *Network) Uplinks() []Uplink { return n.uplinks }

// Upstreams are the names of all upstreams in order of first mention. The caller must not change them.
func (n *Network) Upstreams() []string { return n.upstreams }

// ColoOf is the colo of an uplink.
func (n *Network) ColoOf(u UplinkIndex) ColoIndex { return n.coloOf[u] }

// UplinkName is the full name of an uplink: "ams/northway".
func (n *Network) UplinkName(u UplinkIndex) string {
	return n.colos[n.coloOf[u]].Name + "/" + n.uplinks[u].Name()
}

// Colo finds a colo by name.
func (n *Network) Colo(name string) (ColoIndex, bool) {
	i, ok := n.byName[name]
	return i, ok
}

// Check is how the network's addresses are probed.
func (n *Network) Check() Check { return n.check }

// Targets are all addresses to probe, uplink by uplink. The caller must not change them.
func (n *Network) Targets() []Target { return n.targets }

// Target finds a target by its hash.
func (n *Network) Target(id TargetID) (Target, bool) {
	i, ok := n.byID[id]
	if !ok {
		return Target{}, false
	}
	return n.targets[i], true
}

// Witnesses are the addresses outside the network that show a node whether it is blind. The caller must not change them.
func (n *Network) Witnesses() []Witness { return n.witnesses }

// UplinkOf is the uplink whose prefix contains the address (longest match), or NoUplink.
func (n *Network) UplinkOf(addr netip.Addr) UplinkIndex {
	addr = addr.Unmap()
	for _, length := range n.lengths {
		prefix, err := addr.Prefix(length)
		if err != nil {
			continue // longer than such addresses are
		}
		if u, ok := n.byPrefix[prefix]; ok {
			return u
		}
	}
	return NoUplink
}

// Digest is the same on all nodes with the same network, and differs otherwise.
func (n *Network) Digest() Digest { return n.digest }

// NewNetwork checks the colos and links them up. Errors name the colo and uplink at fault. Witnesses are taken as they are.
func NewNetwork(colos []Colo, check Check, witnesses ...Witness) (*Network, error) {
	n := &Network{colos: colos, check: check, witnesses: witnesses, byID: map[TargetID]int{},
		byName: make(map[string]ColoIndex, len(colos)), byPrefix: map[netip.Prefix]UplinkIndex{}, upstreamsOf: make([][]string, len(colos))}
	for c := range colos {
		colo := &colos[c]
		if err := n.checkColo(ColoIndex(c)); err != nil {
			return nil, err
		}
		for u := range colo.Uplinks {
			if len(n.uplinks) == int(NoUplink) {
				return nil, fmt.Errorf("more than %d uplinks", NoUplink)
			}
			if err := n.add(ColoIndex(c), colo.Uplinks[u]); err != nil {
				return nil, fmt.Errorf("colo %s, uplink %s: %w", colo.Name, colo.Uplinks[u].Name(), err)
			}
			n.upstreamsOf[c] = append(n.upstreamsOf[c], colo.Uplinks[u].Upstreams...)
		}
		slices.Sort(n.upstreamsOf[c])
		n.upstreamsOf[c] = slices.Compact(n.upstreamsOf[c])
	}
	slices.SortFunc(n.lengths, func(a, b int) int { return b - a })
	if err := n.checkProbes(); err != nil {
		return nil, err
	}
	n.digest = n.sum()
	return n, nil
}

func (n *Network) checkColo(c ColoIndex) error {
	colo := n.colos[c]
	if err := checkName("colo", colo.Name); err != nil {
		return err
	}
	if _, twice := n.byName[colo.Name]; twice {
		return fmt.Errorf("colo %s is listed twice", colo.Name)
	}
	n.byName[colo.Name] = c
	if !colo.Location.Valid() {
		return fmt.Errorf("colo %s: location %g, %g is not on the earth (lat -90 to 90, lon -180 to 180)",
			colo.Name, colo.Location.Lat, colo.Location.Lon)
	}
	if len(colo.Uplinks) == 0 {
		return fmt.Errorf("colo %s has no uplinks", colo.Name)
	}
	return nil
}

// checkName refuses names that a drain target, a metric or a line of status could not carry.
func checkName(what, name string) error {
	if name == "" {
		return fmt.Errorf("%s without a name", what)
	}
	if i := strings.IndexFunc(name, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("/:+,\"", r)
	}); i >= 0 {
		return fmt.Errorf("%s %q: a name has no space and none of / : + , \"", what, Cut(name))
	}
	return nil
}

func (n *Network) add(c ColoIndex, u Uplink) error {
	if len(u.Upstreams) == 0 {
		return fmt.Errorf("no upstreams")
	}
	for i, name := range u.Upstreams {
		if err := checkName("upstream", name); err != nil {
			return err
		}
		if slices.Contains(u.Upstreams[:i], name) {
			return fmt.Errorf("upstream %s is listed twice", name)
		}
		if !slices.Contains(n.upstreams, name) {
			n.upstreams = append(n.upstreams, name)
		}
	}
	for i, other := range n.uplinks {
		if n.coloOf[i] == c && sameSet(other.Upstreams, u.Upstreams) {
			return fmt.Errorf("a second uplink through the same upstreams: put their prefixes into one")
		}
	}
	index := UplinkIndex(len(n.uplinks))
	for _, p := range u.Prefixes {
		if p != p.Masked() {
			return fmt.Errorf("prefix %s has bits set beyond its length: %s is meant?", p, p.Masked())
		}
		switch other, taken := n.byPrefix[p]; {
		case taken && other == index:
			return fmt.Errorf("prefix %s is listed twice", p)
		case taken:
			return fmt.Errorf("prefix %s belongs to %s already: an address can be reached through one uplink only",
				p, n.UplinkName(other))
		}
		n.byPrefix[p] = index
		if !slices.Contains(n.lengths, p.Bits()) {
			n.lengths = append(n.lengths, p.Bits())
		}
	}
	n.uplinks = append(n.uplinks, u)
	n.coloOf = append(n.coloOf, c)
	for _, addr := range u.Probe {
		t := Target{ID: n.targetID(index, addr, n.check), Uplink: index, Addr: addr}
		if _, ok := n.byID[t.ID]; ok {
			return fmt.Errorf("probe address %s is listed twice", addr)
		}
		n.byID[t.ID] = len(n.targets)
		n.targets = append(n.targets, t)
	}
	return nil
}

// checkProbes refuses a probe that would measure another uplink than its own.
func (n *Network) checkProbes() error {
	owner := map[netip.Addr]UplinkIndex{}
	for _, t := range n.targets {
		if u := n.UplinkOf(t.Addr); u != NoUplink && u != t.Uplink {
			return fmt.Errorf("probe address %s of %s lies in a prefix of %s", t.Addr, n.UplinkName(t.Uplink), n.UplinkName(u))
		}
		if u, ok := owner[t.Addr]; ok {
			return fmt.Errorf("probe address %s is listed in both %s and %s", t.Addr, n.UplinkName(u), n.UplinkName(t.Uplink))
		}
		owner[t.Addr] = t.Uplink
	}
	return nil
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func (n *Network) targetID(u UplinkIndex, addr netip.Addr, check Check) TargetID {
	upstreams := slices.Sorted(slices.Values(n.uplinks[u].Upstreams))
	sum := sha256.Sum256(fmt.Appendf(nil, "target\x00%s\x00%s\x00%s\x00%s",
		n.colos[n.coloOf[u]].Name, strings.Join(upstreams, "+"), addr, check.asks()))
	return idOf(sum)
}

// sum hashes all that must be equal on two nodes for their verdicts to agree.
func (n *Network) sum() Digest {
	h := sha256.New()
	for _, c := range n.colos {
		fmt.Fprintf(h, "colo %s %g %g %g\n", c.Name, c.Location.Lat, c.Location.Lon, c.Capacity)
		if c.Load != nil { // where it is to be had may be another place on each node
			fmt.Fprintf(h, "load %g %g\n", c.Load.Low, c.Load.High)
		}
		for _, u := range c.Uplinks {
			fmt.Fprintf(h, "uplink %v %v %v\n", u.Upstreams, u.Prefixes, u.Probe)
		}
	}
	for _, w := range n.witnesses {
		fmt.Fprintf(h, "witness %s %s\n", w.Upstream, w.Addr)
	}
	line := func(name string, c Check) {
		fmt.Fprintf(h, "check%s %s %s %s %d %d %s\n", name, c.asks(), c.Interval, c.Timeout, c.Fall, c.Rise, c.Slow)
	}
	line("", n.check)
	for _, name := range slices.Sorted(maps.Keys(n.checks)) {
		line(" "+name, n.checks[name])
	}
	return Digest(h.Sum(nil)[:8])
}
