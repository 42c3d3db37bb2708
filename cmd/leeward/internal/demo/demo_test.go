package demo

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
)

// begin runs a demo until the test ends, and returns when it is ready.
func begin(t testing.TB) *Demo {
	t.Helper()
	out, in := io.Pipe()
	d := New(Options{Port: freePort(t), Admin: "127.0.0.1:0", Command: "leeward", Version: "test", Out: in,
		Load: func(file string) (*config.Config, error) {
			return config.Load(config.Options{File: file, HostName: "demo"})
		}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := d.Run(ctx)
		_ = in.CloseWithError(errors.Join(io.EOF, err))
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return d
		}
	}
	t.Fatalf("the demo did not get ready: %v", lines.Err())
	return nil
}

// freePort is a port that is free for UDP and TCP at the first name server, and so most likely at the others.
func freePort(t testing.TB) uint16 {
	l, err := net.Listen("tcp", netip.AddrPortFrom(nodeAddr(1), 0).String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort().Port()
}

// asked is what a name server answers for www.example.com.
type asked struct {
	addrs string // sorted
	scope uint8
	ttl   uint32
}

// ask asks name server n for a client subnet.
func (d *Demo) ask(t testing.TB, n int, subnet string) asked {
	t.Helper()
	m := new(dns.Msg).SetQuestion("www."+origin+".", dns.TypeA)
	p := netip.MustParsePrefix(subnet)
	opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}, Option: []dns.EDNS0{
		&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: uint8(p.Bits()), Address: p.Addr().AsSlice()}}}
	m.Extra = []dns.RR{opt}
	client := &dns.Client{Timeout: 2 * time.Second}
	reply, _, err := client.Exchange(m, netip.AddrPortFrom(nodeAddr(n), d.opts.Port).String())
	if err != nil {
		t.Fatalf("%s: %v", nodeName(n), err)
	}
	if !reply.Authoritative || reply.Rcode != dns.RcodeSuccess {
		t.Fatalf("%s: %v", nodeName(n), reply)
	}
	var a asked
	var addrs []string
	for _, rr := range reply.Answer {
		addrs = append(addrs, rr.(*dns.A).A.String())
		a.ttl = rr.Header().Ttl
	}
	a.addrs = strings.Join(slices.Sorted(slices.Values(addrs)), " ")
	a.scope = reply.IsEdns0().Option[0].(*dns.EDNS0_SUBNET).SourceScope
	return a
}

const (
	london = "81.2.69.0/24"
	states = "8.8.8.0/24"
	japan  = "133.11.0.0/16"
)

var (
	healthyAnswers = map[string]string{london: "127.2.1.1", states: "127.3.1.1", japan: "127.6.1.1 127.6.2.1"}
	movedAnswers   = map[string]string{london: "127.1.2.1", states: "127.4.1.1 127.4.2.1", japan: "127.6.1.1 127.6.2.1"}
)

// check holds the answers of some name servers to what they should be.
func (d *Demo) check(t *testing.T, when string, want map[string]string, nodes ...int) {
	t.Helper()
	for subnet, addrs := range want {
		for _, n := range nodes {
			a := d.ask(t, n, subnet)
			if a.addrs != addrs || a.ttl > 30 || a.scope == 0 || a.scope > 24 {
				t.Errorf("%s: %s answers %s with %s, ttl %d, scope %d; want %s", when, nodeName(n), subnet, a.addrs, a.ttl, a.scope, addrs)
			}
		}
	}
}

// TestDemo is the demo as its contract tells it.
func TestDemo(t *testing.T) {
	d := begin(t)
	all := []int{1, 2, 3, 4, 5, 6}
	client := admin.AtURL(d.admin)
	order := func(path string, o Order) Done {
		t.Helper()
		var done Done
		if err := client.Do("POST", path, o, &done); err != nil {
			t.Fatalf("%s %+v: %v", path, o, err)
		}
		return done
	}
	d.check(t, "at first", healthyAnswers, all...)

	if done := order(FailPath, Order{Upstream: "northway"}); done.Nodes != 6 {
		t.Errorf("%d nodes changed their verdicts", done.Nodes)
	}
	d.check(t, "northway swallows", movedAnswers, all...)
	status, err := client.Status()
	if err != nil || status.Upstreams[0].Verdict.String() != "failing" {
		t.Errorf("northway is %v (%v)", status.Upstreams[0], err)
	}
	d.tell(t, "open: upstream northway is failing: ams, iad, lhr")
	order(HealPath, Order{Upstream: "northway"})
	d.check(t, "healed", healthyAnswers, all...)
	d.tell(t, "ended: upstream northway failed: ams, iad, lhr")

	order(FailPath, Order{Upstream: "northway", Refuse: true})
	d.check(t, "northway refuses", movedAnswers, all...)
	d.tell(t, "open: upstream northway is failing: ams, iad, lhr") // the same again
	order(HealPath, Order{Upstream: "northway"})

	for n, c := range world {
		others := slices.DeleteFunc(slices.Clone(all), func(m int) bool { return m == n+1 })
		if done := order(StopPath, Order{Colo: c.name}); done.Nodes != 5 {
			t.Errorf("%d nodes run", done.Nodes)
		}
		d.check(t, c.name+" stopped", healthyAnswers, others...)
		order(StartPath, Order{Colo: c.name})
		d.check(t, c.name+" started", healthyAnswers, all...)
	}
	d.tell(t, "ended: upstream northway failed: ams, iad, lhr")
}

// tell waits until all name servers tell of the same incidents, and these are the ones that there should be, newest first.
func (d *Demo) tell(t *testing.T, want ...string) {
	t.Helper()
	var first admin.Incidents
	_, same := wait(t.Context(), patience, func() bool {
		for i, n := range d.nodes {
			list := n.running().IncidentList()
			if i == 0 {
				first = list
			}
			if !reflect.DeepEqual(list.Incidents, first.Incidents) {
				return false
			}
		}
		var got []string
		for _, i := range first.Incidents {
			got = append(got, i.State+": "+i.Title)
		}
		return slices.Equal(got, want)
	})
	if !same {
		t.Errorf("the nodes tell of different incidents, or of others than %q: %+v", want, first.Incidents)
	}
}

// TestOrders holds the demo to clear words for orders that make no sense.
func TestOrders(t *testing.T) {
	d := New(Options{})
	for i := range world {
		d.nodes = append(d.nodes, &node{number: i + 1})
	}
	for _, row := range []struct {
		do   func(context.Context, Order) (Done, error)
		o    Order
		want string
	}{
		{d.fail, Order{Upstream: "nortway"}, `no upstream is called "nortway": there are northway, eastlink, transpac`},
		{d.heal, Order{}, `no upstream is called "": there are northway, eastlink, transpac`},
		{d.stopNode, Order{Colo: "xxx"}, `no colo is called "xxx": there are ams, lhr, iad, sjc, sin, nrt`},
		{d.stopNode, Order{Colo: "lhr"}, "ns2-lhr is stopped already"},
	} {
		if _, err := row.do(t.Context(), row.o); err == nil || err.Error() != row.want {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}

// BenchmarkFailover measures, with real queries to all six name servers, how long after a failure the last of them has
// moved its answers, and how long after healing they are back. One run a loop; the largest of all is what counts:
//
//	go test ./cmd/leeward/internal/demo -run '^$' -bench Failover -benchtime 20x
func BenchmarkFailover(b *testing.B) {
	d := begin(b)
	client := admin.AtURL(d.admin)
	var moved, back []time.Duration
	for b.Loop() {
		moved = append(moved, d.until(b, client, FailPath, movedAnswers))
		back = append(back, d.until(b, client, HealPath, healthyAnswers))
	}
	for name, list := range map[string][]time.Duration{"moved": moved, "back": back} {
		slices.Sort(list)
		b.ReportMetric(list[len(list)-1].Seconds(), name+"-max-s")
		b.ReportMetric(list[len(list)/2].Seconds(), name+"-median-s")
	}
}

// until gives an order about northway, and measures until all answers are as they should be.
func (d *Demo) until(b *testing.B, client *admin.Client, path string, want map[string]string) time.Duration {
	begun, last := time.Now(), time.Duration(0)
	given := make(chan error, 1)
	go func() { given <- client.Do("POST", path, Order{Upstream: "northway"}, nil) }()
	left := map[int]map[string]string{}
	for n := range world {
		left[n+1] = maps.Clone(want)
	}
	round := time.NewTicker(10 * time.Millisecond) // a machine that only asks has no time to answer
	defer round.Stop()
	for ; len(left) > 0 && time.Since(begun) < patience; <-round.C {
		for n, answers := range left {
			maps.DeleteFunc(answers, func(subnet, addrs string) bool { return d.ask(b, n, subnet).addrs == addrs })
			if len(answers) == 0 {
				delete(left, n)
				last = time.Since(begun)
			}
		}
	}
	if err := <-given; err != nil || len(left) > 0 {
		b.Fatalf("%s: %v; not as they should be: %v", path, err, left)
	}
	return last
}
