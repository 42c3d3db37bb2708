package world

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"

	"github.com/miekg/dns"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/query"
)

// Colos are six places far from each other. Their addresses are of the loopback network, so that they can be probed.
func Colos() []peer.Colo {
	at := func(n byte) netip.Addr { return netip.AddrFrom4([4]byte{127, 240 + n, 1, 1}) }
	return []peer.Colo{
		{Name: "ams", Lat: 52.31, Lon: 4.76, Address: at(1)},
		{Name: "lhr", Lat: 51.47, Lon: -0.45, Address: at(2)},
		{Name: "iad", Lat: 38.94, Lon: -77.46, Address: at(3)},
		{Name: "sjc", Lat: 37.36, Lon: -121.93, Address: at(4)},
		{Name: "sin", Lat: 1.36, Lon: 103.99, Address: at(5)},
		{Name: "nrt", Lat: 35.76, Lon: 140.39, Address: at(6)},
	}
}

// Wants are what is wanted of steered names beyond the default.
type Wants struct {
	Subnets bool   // every query tells another client's /24
	Policy  string // words for all names: "policy=all"
	Given   int    // addresses in an answer; 0 is one
}

// Steered is one zone of so many names, each with an address in every colo.
func Steered(dir string, names int, steer peer.Steer, wants Wants) (World, error) {
	w := World{Site: peer.Site{Zones: dir, Origins: []string{origin}, Steer: &steer},
		Ready: []peer.Ask{{Name: fmt.Sprintf("h%d.%s", names-1, origin), Qtype: dns.TypeA}}}
	if err := WriteZone(dir, origin, 1, steeredHosts(names, steer.Colos, wants.Policy)); err != nil {
		return w, err
	}
	opts := query.Options{}
	if wants.Subnets {
		r := rand.New(rand.NewPCG(5, 6))
		opts = query.Options{Size: 1232, Subnet: func() netip.Prefix {
			return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(1 + r.IntN(223)), byte(r.IntN(256)), byte(r.IntN(256))}), 24)
		}}
	}
	return w, w.ask(names, func(i int) error {
		return w.Set.Add(fmt.Sprintf("h%d.%s", i, origin), dns.TypeA, dns.RcodeSuccess, max(wants.Given, 1), opts)
	})
}

func steeredHosts(names int, colos []peer.Colo, policy string) func(w *bufio.Writer) {
	return func(w *bufio.Writer) {
		if policy != "" {
			fmt.Fprintf(w, "_steer TXT \"v=steer1; %s\"\n", policy)
		}
		for i := range names {
			for _, c := range colos {
				fmt.Fprintf(w, "h%d A %s\n", i, c.Address)
			}
		}
	}
}

// ForGdnsd gives a steered world's zone in the words of gdnsd, in a directory below the first.
func (w World) ForGdnsd(names int) (World, error) {
	w.Site.Zones = filepath.Join(w.Site.Zones, "gdnsd")
	return w, WriteZone(w.Site.Zones, origin, 1, func(out *bufio.Writer) {
		for i := range names {
			fmt.Fprintf(out, "h%d DYNA %s\n", i, peer.Resource)
		}
	})
}
