package plan

import (
	"net/netip"
	"testing"
)

// TestAddresses holds every address to belong to one host only, and every prefix of an uplink to be apart from all others.
func TestAddresses(t *testing.T) {
	for _, w := range []World{Two(), Three(), Six()} {
		owner := map[netip.Addr]string{}
		claim := func(who string, addrs ...netip.Addr) {
			for _, a := range addrs {
				if !a.IsValid() || owner[a] != "" {
					t.Errorf("%s is of %q and of %q", a, who, owner[a])
				}
				owner[a] = who
			}
		}
		for _, u := range w.Uplinks() {
			claim(u.String(), w.Web(u), w.Server(u), w.Gateway(u))
			for _, other := range w.Uplinks() {
				if u != other && w.Prefix(u).Overlaps(w.Prefix(other)) {
					t.Errorf("%s and %s have the same prefix", u, other)
				}
			}
		}
		for i, upstream := range w.Upstreams {
			witness, router := w.Witness(upstream)
			claim("witness of "+upstream, witness, router)
			if !w.WitnessPrefix(upstream).Contains(router) {
				t.Errorf("the witness of %s does not reach its router", upstream)
			}
			for _, other := range w.Upstreams[i+1:] {
				here, there := w.Peering(upstream, other)
				claim("peering", here, there)
				if back, forth := w.Peering(other, upstream); back != there || forth != here {
					t.Errorf("the peering of %s and %s is another one seen from there", upstream, other)
				}
			}
			for _, e := range w.Eyes {
				theirs, ours := w.Access(e.Name, upstream)
				claim("access", theirs, ours)
			}
		}
		for _, e := range w.Eyes {
			claim(e.Name, e.Host(ClientHost), e.Host(AskerHost), e.Host(ResolverHost), e.Host(PlainHost))
		}
	}
}
