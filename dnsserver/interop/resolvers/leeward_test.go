package resolvers

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

const origin = "example.com."

// leeward is the server that resolvers ask, and one with the same views that nobody asks but the test.
type leeward struct {
	asked, truth *dnsserver.Server
	network      *steering.Network
	view         dnsserver.View
}

// newLeeward makes both from the files in testdata. The colos are ams, iad and nrt, with an upstream each.
func newLeeward(t *testing.T) *leeward {
	t.Helper()
	var colos []steering.Colo
	for i, name := range []string{"ams", "iad", "nrt"} {
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(64 * i)}), 26)
		colos = append(colos, steering.Colo{Name: name, Uplinks: []steering.Uplink{{Upstreams: []string{"through-" + name},
			Prefixes: []netip.Prefix{prefix}, Probe: []netip.Addr{prefix.Addr().Next()}}}})
	}
	network, err := steering.NewNetwork(colos, steering.Check{Type: steering.CheckTCP, Port: 443, Interval: time.Second, Timeout: time.Second, Fall: 6, Rise: 5})
	if err != nil {
		t.Fatal(err)
	}
	name, err := zones.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	zone, _, err := zones.Parse(zones.Source{Origin: name, File: "testdata/example.com.zone", Network: network})
	if err != nil {
		t.Fatal(err)
	}
	nets, err := geo.ParseNets(netsFile(t), "testdata/nets.txt", network)
	if err != nil {
		t.Fatal(err)
	}
	regions, err := geo.Compile(geo.Options{Network: network, Nets: nets})
	if err != nil {
		t.Fatal(err)
	}
	l := &leeward{asked: dnsserver.New(), truth: dnsserver.New(), network: network, view: dnsserver.View{Zones: zones.NewSet(zone),
		Network: network, Map: regions, TTL: steering.TTL{Min: 1, Max: 2}, UDPSize: 1232, Tally: dnsserver.NewTally(network)}}
	l.down()
	return l
}

func netsFile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/nets.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// down has every observer say that some colos are down, and all others up.
func (l *leeward) down(colos ...string) {
	f := steering.Facts{Stale: 1}
	for _, at := range l.network.Colos() {
		sheet := &steering.Sheet{Observer: "ns-" + at.Name, Colo: at.Name}
		for _, target := range l.network.Targets() {
			vote := steering.Vote{Target: target.ID}
			if slices.Contains(colos, l.network.Colos()[l.network.ColoOf(target.Uplink)].Name) {
				vote.State = steering.VoteDown
			}
			sheet.Votes = append(sheet.Votes, vote)
		}
		f.Sheets = append(f.Sheets, steering.Heard{Sheet: sheet})
	}
	view := l.view
	view.Verdicts = steering.Judge(l.network, f)
	l.asked.Publish(&view)
	l.truth.Publish(&view)
}

// serve answers on an address until the test ends.
func (l *leeward) serve(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	transports := &dnsserver.Transports{Server: l.asked, Listeners: []*dnsserver.Listener{listener}, Idle: time.Minute, Connections: 100,
		Logger: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := transports.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return listener.Addr()
}

// queries is how many queries for addresses Leeward was asked.
func (l *leeward) queries() (total int) {
	l.asked.Count(dnsserver.Counts{Query: func(_ dnsserver.Transport, qtype int, n uint64) {
		if qtype == int(dns.TypeA) {
			total += int(n)
		}
	}})
	return total
}

// answer is what a client has to be answered, by asking Leeward itself.
func (l *leeward) answer(t *testing.T, name string, client netip.Prefix) string {
	t.Helper()
	query, err := question(name, client).Pack()
	if err != nil {
		t.Fatal(err)
	}
	var m dns.Msg
	if err := m.Unpack(l.truth.Answer(query, netip.MustParseAddr("127.0.0.1"), dnsserver.UDP, nil)); err != nil {
		t.Fatal(err)
	}
	return addressesIn(&m)
}

// question asks for the addresses of a name, for a client subnet.
func question(name string, client netip.Prefix) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name+"."+origin, dns.TypeA)
	family := uint16(1)
	if client.Addr().Is6() {
		family = 2
	}
	m.SetEdns0(1232, false)
	m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: family,
		SourceNetmask: uint8(client.Bits()), Address: client.Addr().AsSlice()}}
	return m
}

// addressesIn is the addresses of a response, sorted; a word in capitals where there are none.
func addressesIn(m *dns.Msg) string {
	if m.Rcode != dns.RcodeSuccess {
		return dns.RcodeToString[m.Rcode]
	}
	var addrs []string
	for _, rr := range m.Answer {
		if a, ok := rr.(*dns.A); ok {
			addrs = append(addrs, a.A.String())
		}
	}
	if len(addrs) == 0 {
		return "EMPTY"
	}
	slices.Sort(addrs)
	return strings.Join(addrs, " ")
}
