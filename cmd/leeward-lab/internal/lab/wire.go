//go:build linux

package lab

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strings"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// wire makes all hosts, links, addresses and routes.
func (l *Lab) wire() error {
	w := l.World
	var hosts []string
	for _, upstream := range w.Upstreams {
		hosts = append(hosts, upstream, witnessHost(upstream))
	}
	for _, e := range w.Eyes {
		hosts = append(hosts, e.Name)
	}
	hosts = append(hosts, w.Names()...)
	var err error
	if l.spaces, err = netns.Create(hosts); err != nil {
		return err
	}
	for _, host := range hosts {
		if err := l.spaces[host].Do(settle); err != nil {
			return err
		}
	}
	if err := netns.Batch(links(w)); err != nil {
		return err
	}
	commands := routers(w)
	maps.Copy(commands, colos(w))
	maps.Copy(commands, edges(w))
	for host, batch := range commands {
		if err := l.spaces[host].Batch("link set lo up\n" + batch); err != nil {
			return err
		}
	}
	return nil
}

func witnessHost(upstream string) string { return "wit-" + upstream }

// settle makes a namespace a quiet router: no IPv6, no doubt about the way a packet came, ICMP errors for every packet.
func settle() error {
	for key, value := range map[string]string{
		"ipv4/ip_forward": "1", "ipv4/icmp_ratelimit": "0",
		"ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0",
	} {
		if err := os.WriteFile("/proc/sys/net/"+key, []byte(value), 0); err != nil {
			return err
		}
	}
	_ = os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0) // a kernel without IPv6 is as good
	return nil
}

// links are the cables. An end is named after the host at the other one; between upstreams with "peer-" before it.
func links(w plan.World) string {
	var b strings.Builder
	cable := func(host, name, peer, peerName string) {
		fmt.Fprintf(&b, "link add %s netns %s type veth peer name %s netns %s\n", name, netns.Name(host), peerName, netns.Name(peer))
	}
	for _, u := range w.Uplinks() {
		cable(u.Upstream, u.Colo, u.Colo, u.Upstream)
	}
	for i, upstream := range w.Upstreams {
		for _, other := range w.Upstreams[i+1:] {
			cable(upstream, "peer-"+other, other, "peer-"+upstream)
		}
		for _, e := range w.Eyes {
			cable(upstream, e.Name, e.Name, upstream)
		}
		cable(upstream, "witness", witnessHost(upstream), upstream)
	}
	return b.String()
}

// routers are the commands for the upstreams. What another upstream has is reached through the peering with it, so that
// no upstream stands in the way of two others.
func routers(w plan.World) map[string]string {
	commands := map[string]string{}
	for _, upstream := range w.Upstreams {
		var b strings.Builder
		for _, u := range w.Through(upstream) {
			port(&b, u.Colo, 24, w.Gateway(u))
		}
		_, router := w.Witness(upstream)
		port(&b, "witness", 29, router)
		for _, e := range w.Eyes {
			theirs, ours := w.Access(e.Name, upstream)
			port(&b, e.Name, 30, theirs)
			fmt.Fprintf(&b, "route add %s via %s\n", e.Prefix, ours)
		}
		for _, other := range w.Upstreams {
			if other == upstream {
				continue
			}
			here, there := w.Peering(upstream, other)
			port(&b, "peer-"+other, 30, here)
			for _, prefix := range reached(w, other) {
				fmt.Fprintf(&b, "route add %s via %s\n", prefix, there)
			}
		}
		commands[upstream] = b.String()
	}
	return commands
}

// reached is what hangs on an upstream.
func reached(w plan.World, upstream string) []netip.Prefix {
	list := []netip.Prefix{w.WitnessPrefix(upstream)}
	for _, u := range w.Through(upstream) {
		list = append(list, w.Prefix(u))
	}
	return list
}

// colos are the commands for the colos. Replies leave through the uplink that the question came by. What a colo begins
// itself goes straight to an upstream that it has, and to all others through its first: a colo does not notice that an
// upstream swallows its packets.
func colos(w plan.World) map[string]string {
	commands := map[string]string{}
	for _, c := range w.Colos {
		var b strings.Builder
		uplinks := w.Of(c.Name)
		way := map[string]plan.Uplink{}
		for i, u := range uplinks {
			way[u.Upstream] = u
			port(&b, u.Upstream, 24, w.Web(u), w.Server(u))
			fmt.Fprintf(&b, "route add default via %s table %d\nrule add from %s table %[2]d\n", w.Gateway(u), 101+i, w.Prefix(u))
		}
		fmt.Fprintf(&b, "route add default via %s src %s\n", w.Gateway(uplinks[0]), w.Web(uplinks[0]))
		for _, upstream := range w.Upstreams {
			u, ok := way[upstream]
			if !ok {
				continue
			}
			for _, prefix := range reached(w, upstream) {
				if prefix != w.Prefix(u) {
					fmt.Fprintf(&b, "route add %s via %s src %s\n", prefix, w.Gateway(u), w.Web(u))
				}
			}
		}
		commands[c.Name] = b.String()
	}
	return commands
}

// edges are the commands for eyeball networks and witnesses.
func edges(w plan.World) map[string]string {
	commands := map[string]string{}
	for _, e := range w.Eyes {
		var b strings.Builder
		for _, host := range []byte{plan.ClientHost, plan.AskerHost, plan.ResolverHost, plan.PlainHost} {
			fmt.Fprintf(&b, "addr add %s/32 dev lo\n", e.Host(host))
		}
		for _, upstream := range w.Upstreams {
			theirs, ours := w.Access(e.Name, upstream)
			port(&b, upstream, 30, ours)
			for _, prefix := range reached(w, upstream) {
				fmt.Fprintf(&b, "route add %s via %s\n", prefix, theirs)
			}
		}
		commands[e.Name] = b.String()
	}
	for _, upstream := range w.Upstreams {
		var b strings.Builder
		witness, router := w.Witness(upstream)
		port(&b, upstream, 29, witness)
		fmt.Fprintf(&b, "route add default via %s\n", router)
		commands[witnessHost(upstream)] = b.String()
	}
	return commands
}

// port sets up one end of a cable.
func port(b *strings.Builder, name string, bits int, addrs ...netip.Addr) {
	for _, a := range addrs {
		fmt.Fprintf(b, "addr add %s/%d dev %s\n", a, bits, name)
	}
	fmt.Fprintf(b, "link set %s up\n", name)
}
