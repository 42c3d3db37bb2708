package dnsserver

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/zones"
)

// dualStack is a world whose uplinks have IPv6 too: 2001:db8:COLO:UPLINK::/64 for 127.COLO.UPLINK.0/24.
func dualStack(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	colos := slices.Clone(w.network.Colos())
	for c := range colos {
		colos[c].Uplinks = slices.Clone(colos[c].Uplinks)
		for u := range colos[c].Uplinks {
			up := &colos[c].Uplinks[u]
			octets := up.Prefixes[0].Addr().As4()
			up.Prefixes = append(slices.Clone(up.Prefixes), netip.MustParsePrefix(fmt.Sprintf("2001:db8:%d:%d::/64", octets[1], octets[2])))
		}
	}
	network, err := steering.NewNetwork(colos, w.network.Check())
	if err != nil {
		t.Fatal(err)
	}
	w.network, w.view.Network, w.view.Tally = network, network, NewTally(network)
	return w
}

var (
	reached4 = []string{"127.1.1.1", "127.1.2.1", "127.2.1.1", "127.6.1.1", "127.6.2.1"}
	reached6 = []string{"2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:2:1::1", "2001:db8:6:1::1", "2001:db8:6:2::1"}
)

// manyServices is a zone with addresses for some targets, and random HTTPS records that lead to them.
func manyServices(draw *rand.Rand) string {
	text := "a 600 ALIAS many.z.\nc 600 CNAME many.z.\none 600 A 127.1.1.1\n"
	for _, owner := range []string{"many", "all", "closed", "weighted"} {
		for _, list := range [][]string{reached4, reached6} {
			kind := "A"
			if list[0] == reached6[0] {
				kind = "AAAA"
			}
			for _, i := range draw.Perm(len(list))[:4] { // of two colos at least
				text += fmt.Sprintf("%s 600 %s %s\n", owner, kind, list[i])
			}
		}
	}
	text += "_steer.all 60 TXT \"v=steer1; policy=all; ttl=7/2\"\n_steer.closed 60 TXT \"v=steer1; empty=closed\"\n" +
		"_steer.weighted 60 TXT \"v=steer1; policy=weighted; weight=ams:1,lhr:2,nrt:3\"\n"
	for owner := range 4 {
		for priority := range 1 + draw.IntN(3) {
			target := []string{"many", "all", "closed", "weighted", "a", "c", "one", "www.example.org.", "nope"}[draw.IntN(9)]
			text += fmt.Sprintf("s%d %d HTTPS %d %s%s\n", owner, []int{4, 300}[draw.IntN(2)], priority+1, target, randomParams(draw))
		}
	}
	return text
}

func randomParams(draw *rand.Rand) (text string) {
	mandatory := []string{}
	for _, p := range []struct {
		key    string
		values []string
	}{{"alpn", []string{"h2", "h3"}}, {"port", []string{"853"}}, {"ipv4hint", append([]string{"192.0.2.9"}, reached4...)},
		{"ipv6hint", append([]string{"2001:db9::1"}, reached6...)}} {
		if draw.IntN(4) == 0 {
			continue
		}
		var values []string
		for _, i := range draw.Perm(len(p.values))[:1+draw.IntN(len(p.values))] {
			values = append(values, p.values[i])
		}
		text += " " + p.key + "=" + strings.Join(values, ",")
		if draw.IntN(3) == 0 {
			mandatory = append(mandatory, p.key)
		}
	}
	if len(mandatory) > 0 {
		text += " mandatory=" + strings.Join(mandatory, ",")
	}
	return text
}

// The hints in an answer are those in the uplinks that the same client is given the target's A and AAAA of; TTL and scope
// are theirs; all else is as it is written, and what is mandatory is there.
func TestHintsAreTheAddresses(t *testing.T) {
	w := dualStack(t)
	uplinks := []string{"ams/northway", "ams/eastlink", "lhr/northway", "nrt/eastlink", "nrt/transpac"}
	taken, kept := 0, 0
	for seed := range uint64(300) {
		draw := rand.New(rand.NewPCG(seed, 4))
		text := manyServices(draw)
		zone := zoneOf(t, w.network, "z.", text)
		w.view.Zones = zones.NewSet(zone)
		w.publish(w.facts(t, some(draw, uplinks), nil))
		subnet := anyPrefix(draw)
		for owner := range 4 {
			name := fmt.Sprintf("s%d.z.", owner)
			got := w.asked(t, name, dns.TypeHTTPS, subnet)
			want, less, all := w.byHand(t, zone, name, subnet)
			if a, b := inBrief(got, name, 1<<30), inBrief(want, name, 1<<30); a != b {
				t.Fatalf("seed %d: %s from %s:\n%s\nwant\n%s\nin\n%s", seed, name, subnet, a, b, text)
			}
			taken, kept = taken+less, kept+all-less
		}
	}
	if taken < 500 || kept < 500 {
		t.Errorf("%d hints are left out, %d given: the worlds are too small", taken, kept)
	}
}

// byHand is what is to be answered: the records as they are written, without the hints that the target's addresses of this
// client do not have.
func (w *world) byHand(t *testing.T, zone *zones.Zone, name string, subnet netip.Prefix) (m *dns.Msg, less, all int) {
	m = w.asked(t, "no-hints.z.", dns.TypeHTTPS, subnet) // for its EDNS
	m.Rcode, m.Ns = dns.RcodeSuccess, nil
	ttl, scope := uint32(1<<30), uint8(0)
	var because *dns.EDNS0_EDE
	for r := range zone.All() {
		if r.Owner.String() != name {
			continue
		}
		rr, err := dns.NewRR(r.String())
		if err != nil {
			t.Fatal(err)
		}
		https := rr.(*dns.HTTPS)
		ttl = min(ttl, r.TTL)
		given := map[dns.SVCBKey]func(netip.Addr) bool{}
		for key, qtype := range map[dns.SVCBKey]uint16{dns.SVCB_IPV4HINT: dns.TypeA, dns.SVCB_IPV6HINT: dns.TypeAAAA} {
			addresses := w.asked(t, https.Target, qtype, subnet)
			given[key] = func(a netip.Addr) bool {
				steered := https.Target != "one.z." && https.Target != "nope.z." && addresses.Rcode != dns.RcodeRefused
				if !steered {
					return true
				}
				for _, o := range addresses.IsEdns0().Option {
					switch o := o.(type) {
					case *dns.EDNS0_SUBNET:
						scope = max(scope, o.SourceScope)
					case *dns.EDNS0_EDE:
						because = worse(because, o)
					}
				}
				has := false
				for _, rr := range append(addresses.Answer, addresses.Ns...) {
					if rr.Header().Rrtype == dns.TypeCNAME {
						continue
					}
					ttl = min(ttl, rr.Header().Ttl)
					fields := strings.Fields(rr.String())
					other, err := netip.ParseAddr(fields[len(fields)-1])
					has = has || err == nil && w.network.UplinkOf(a) != steering.NoUplink && w.network.UplinkOf(other) == w.network.UplinkOf(a)
				}
				return has
			}
		}
		less, all = prune(https, given, less, all)
		m.Answer = append(m.Answer, https)
	}
	for _, rr := range m.Answer {
		rr.Header().Ttl = ttl
	}
	opt := m.IsEdns0()
	for _, o := range opt.Option {
		if s, ok := o.(*dns.EDNS0_SUBNET); ok {
			s.SourceScope = scope
		}
	}
	if because != nil {
		opt.Option = append(opt.Option, because)
	}
	return m, less, all
}

// worse is the reason that comes of the later row of the chart of choice.
func worse(a, b *dns.EDNS0_EDE) *dns.EDNS0_EDE {
	if a == nil || strings.HasPrefix(b.ExtraText, "no address") {
		return b
	}
	return a
}

// prune leaves hints out of a record, and what has none left out of the list of mandatory ones.
func prune(https *dns.HTTPS, given map[dns.SVCBKey]func(netip.Addr) bool, less, all int) (int, int) {
	gone := map[dns.SVCBKey]bool{}
	var rest []dns.SVCBKeyValue
	for _, v := range https.Value {
		keep := given[v.Key()]
		if keep == nil {
			rest = append(rest, v)
			continue
		}
		var addrs []string
		for _, text := range strings.Split(v.String(), ",") {
			all++
			if keep(netip.MustParseAddr(text)) {
				addrs = append(addrs, text)
			} else {
				less++
			}
		}
		if gone[v.Key()] = len(addrs) == 0; len(addrs) > 0 {
			rr, _ := dns.NewRR(fmt.Sprintf(". HTTPS 1 . %s=%s", v.Key(), strings.Join(addrs, ",")))
			rest = append(rest, rr.(*dns.HTTPS).Value[0])
		}
	}
	https.Value = nil
	for _, v := range rest {
		if m, ok := v.(*dns.SVCBMandatory); ok {
			m.Code = slices.DeleteFunc(m.Code, func(k dns.SVCBKey) bool { return gone[k] })
			if len(m.Code) == 0 {
				continue
			}
		}
		https.Value = append(https.Value, v)
	}
	return less, all
}

// What has no hint left is in no list of mandatory keys, whichever goes first.
func TestNoHintIsLeft(t *testing.T) {
	w := dualStack(t)
	w.publish(w.facts(t, nil, nil))
	for params, want := range map[string]string{
		"mandatory=ipv4hint ipv4hint=127.6.1.1 ipv6hint=2001:db8:6:1::1":                                  "1 .",
		"mandatory=ipv6hint ipv4hint=127.6.1.1 ipv6hint=2001:db8:6:1::1":                                  "1 .",
		"mandatory=ipv4hint,ipv6hint ipv4hint=127.6.1.1 ipv6hint=2001:db8:6:1::1":                         "1 .",
		"mandatory=ipv4hint,ipv6hint ipv4hint=127.6.1.1 ipv6hint=2001:db8:6:1::1,2001:db8:2:1::1":         `1 . mandatory="ipv6hint" ipv6hint="2001:db8:2:1::1"`,
		"mandatory=ipv4hint,ipv6hint ipv4hint=127.6.1.1,127.2.1.1 ipv6hint=2001:db8:6:1::1":               `1 . mandatory="ipv4hint" ipv4hint="127.2.1.1"`,
		"mandatory=alpn,ipv4hint,ipv6hint alpn=h2 ipv4hint=127.6.1.1 ipv6hint=2001:db8:6:1::1 key65333=x": `1 . mandatory="alpn" alpn="h2" key65333="x"`,
	} {
		w.view.Zones = zones.NewSet(zoneOf(t, w.network, "z.", "www 60 A 127.6.1.1\nwww 60 A 127.2.1.1\n"+
			"www 60 AAAA 2001:db8:6:1::1\nwww 60 AAAA 2001:db8:2:1::1\nwww 60 HTTPS 1 . "+params+"\n"))
		w.publish(w.facts(t, nil, nil))
		m := w.asked(t, "www.z.", dns.TypeHTTPS, netip.MustParsePrefix("81.2.69.0/24")) // nearest to lhr
		if _, got, _ := strings.Cut(m.Answer[0].String(), "HTTPS\t"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", params, got, want)
		}
	}
}

// More hints than are looked at in one RRset are left out, and the record can be read.
func TestTooManyHints(t *testing.T) {
	w := newWorld(t)
	hints := strings.Repeat("127.1.1.1,", 300)
	w.view.Zones = zones.NewSet(zoneOf(t, w.network, "z.",
		"www 60 A 127.1.1.1\nwww 60 A 127.2.1.1\nwww 60 HTTPS 1 . ipv4hint="+strings.TrimSuffix(hints, ",")+" key65333=x\n"))
	w.publish(w.facts(t, []string{"lhr/northway"}, nil))
	m := w.asked(t, "www.z.", dns.TypeHTTPS, netip.MustParsePrefix("81.2.69.0/24"))
	values := m.Answer[0].(*dns.HTTPS).Value
	if got := strings.Count(values[0].String(), "127.1.1.1"); got != maxHints || len(values) != 2 {
		t.Errorf("%d hints in %d parameters, want %d in 2", got, len(values), maxHints)
	}
}

// FuzzServices: no parameters that a transfer may bring make the server panic, or make what can be read unreadable.
func FuzzServices(f *testing.F) {
	for _, params := range []string{"", "\x00\x04\x00\x08\x7f\x01\x01\x01\x7f\x02\x01\x01",
		"\x00\x00\x00\x04\x00\x01\x00\x04\x00\x01\x00\x03\x02h2\x00\x04\x00\x04\x7f\x06\x01\x01\x00\x07\x00\x01x",
		"\x00\x00\x00\x02\x00\x04\x00\x04\x00\x04\x7f\x06\x01\x01", "\x00\x00\x00\x03000\x00\x04\x00\x04\x7f\x06\x01\x01", "\x00\x04\x00\x03\x7f\x06\x01"} {
		f.Add([]byte(params))
	}
	w := newWorld(f)
	w.view.Verdicts = steering.Judge(w.network, w.facts(f, nil, nil))
	plain := zoneOf(f, w.network, "z.", "www 60 A 127.1.1.1\nwww 60 A 127.2.1.1\n")
	f.Fuzz(func(t *testing.T, params []byte) {
		rdata := append([]byte("\x00\x01\x00"), params...)
		a := zones.Assemble("\x01z\x00")
		for r := range plain.All() {
			if err := a.Put(r); err != nil {
				t.Fatal(err)
			}
		}
		if a.Put(zones.Record{Owner: "\x03www\x01z\x00", Type: dns.TypeHTTPS, TTL: 60, RData: string(rdata)}) != nil {
			return
		}
		zone, err := a.Zone(w.network)
		if err != nil {
			return
		}
		view := w.view
		view.Zones = zones.NewSet(zone)
		w.server.Publish(&view)
		query, err := new(dns.Msg).SetQuestion("www.z.", dns.TypeHTTPS).Pack()
		if err != nil {
			t.Fatal(err)
		}
		response := w.server.Answer(query, netip.MustParseAddr("81.2.69.142"), TCP, nil)
		if err := new(dns.Msg).Unpack(response); err != nil && readable(rdata) {
			t.Errorf("%v in %s, made of %s", err, hex.EncodeToString(response), hex.EncodeToString(rdata))
		}
	})
}

// readable says whether the rdata of an HTTPS record can be read.
func readable(rdata []byte) bool {
	wire := append([]byte{0, 0, byte(dns.TypeHTTPS), 0, 1, 0, 0, 0, 60, byte(len(rdata) >> 8), byte(len(rdata))}, rdata...)
	_, _, err := dns.UnpackRR(wire, 0)
	return err == nil
}
