package world

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/query"
)

const origin = "bench.test"

// asked is the number of queries of a set. More would measure the memory of the generator.
const asked = 10_000

// Static is one zone of so many names with an A record each.
func Static(dir string, names int) (World, error) {
	w := World{Site: peer.Site{Zones: dir, Origins: []string{origin}},
		Ready: []peer.Ask{{Name: "h1." + origin, Qtype: dns.TypeA}, {Name: fmt.Sprintf("h%d.%s", names-1, origin), Qtype: dns.TypeA}}}
	if err := WriteZone(dir, origin, 1, Hosts(names)); err != nil {
		return w, err
	}
	return w, w.ask(names, func(i int) error {
		return w.Set.Add(fmt.Sprintf("h%d.%s", i, origin), dns.TypeA, dns.RcodeSuccess, 1, query.Options{})
	})
}

// Hosts are so many names with an A record each.
func Hosts(names int) func(w *bufio.Writer) {
	return func(w *bufio.Writer) {
		for i := range names {
			w.WriteString("h" + strconv.Itoa(i) + " A 192.0." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255) + "\n")
		}
	}
}

// ask makes the set of queries for as many as can be asked of so many names, in a random order.
func (w *World) ask(names int, add func(i int) error) error {
	stride := max(names/asked, 1)
	for i := 0; i < names; i += stride {
		if err := add(i); err != nil {
			return err
		}
	}
	w.Set.Shuffle()
	return nil
}

// NoNames asks for random names that the zone of Static does not have.
func NoNames(dir string, names int) (World, error) {
	w, err := Static(dir, names)
	w.Set = nil
	r := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < 2*asked && err == nil; i++ {
		err = w.Set.Add(fmt.Sprintf("x%x.%s", r.Uint64(), origin), dns.TypeA, dns.RcodeNameError, 0, query.Options{Least: 1})
	}
	return w, err
}

// Referrals is one zone of so many delegations, each to two servers below it, with glue of both families.
func Referrals(dir string, cuts int) (World, error) {
	w := World{Site: peer.Site{Zones: dir, Origins: []string{origin}}, Ready: []peer.Ask{{Name: origin, Qtype: dns.TypeSOA}}}
	err := WriteZone(dir, origin, 1, func(out *bufio.Writer) {
		for i := range cuts {
			a, b := i>>8&255, i&255
			fmt.Fprintf(out, "d%[1]d NS ns1.d%[1]d\nd%[1]d NS ns2.d%[1]d\nns1.d%[1]d A 192.0.%[2]d.%[3]d\nns1.d%[1]d AAAA 2001:db8:1::%[1]x\n"+
				"ns2.d%[1]d A 198.51.%[2]d.%[3]d\nns2.d%[1]d AAAA 2001:db8:2::%[1]x\n", i, a, b)
		}
	})
	if err != nil {
		return w, err
	}
	return w, w.ask(cuts, func(i int) error {
		return w.Set.Add(fmt.Sprintf("www.d%d.%s", i, origin), dns.TypeA, dns.RcodeSuccess, 0, query.Options{Least: 2})
	})
}

// Large is one zone of names with either five long TXT records or 70 A records: answers that nearly fill 1232 octets.
func Large(dir string, names int) (World, error) {
	const texts, addresses = 5, 70
	w := World{Site: peer.Site{Zones: dir, Origins: []string{origin}}, Ready: []peer.Ask{{Name: origin, Qtype: dns.TypeSOA}}}
	err := WriteZone(dir, origin, 1, func(out *bufio.Writer) {
		for i := range names {
			if i%2 == 0 {
				for n := range texts {
					fmt.Fprintf(out, "h%d TXT \"%d %s\"\n", i, n, strings.Repeat("x", 208))
				}
				continue
			}
			for n := range addresses {
				fmt.Fprintf(out, "h%d A 192.0.%d.%d\n", i, i&255, n)
			}
		}
	})
	if err != nil {
		return w, err
	}
	return w, w.ask(names, func(i int) error {
		qtype, answers := dns.TypeTXT, texts
		if i%2 == 1 {
			qtype, answers = dns.TypeA, addresses
		}
		return w.Set.Add(fmt.Sprintf("h%d.%s", i, origin), qtype, dns.RcodeSuccess, answers, query.Options{Size: 1232})
	})
}

// ManyZones is so many zones of eight records.
func ManyZones(dir string, zones int) (World, error) {
	w := World{Site: peer.Site{Zones: dir}}
	for i := range zones {
		name := fmt.Sprintf("z%d.test", i)
		w.Site.Origins = append(w.Site.Origins, name)
		err := WriteZone(dir, name, 1, func(out *bufio.Writer) {
			out.WriteString("@ A 192.0.2.1\n@ A 198.51.100.1\n@ A 203.0.113.1\nwww CNAME @\n@ TXT \"v=spf1 mx -all\"\n")
		})
		if err != nil {
			return w, err
		}
		if i%(max(zones/10, 1)) == 0 || i == zones-1 {
			w.Ready = append(w.Ready, peer.Ask{Name: name, Qtype: dns.TypeA})
		}
	}
	return w, nil
}
