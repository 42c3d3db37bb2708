//go:build linux

package lab

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// asker asks one address of a nameserver, for clients at every place, again and again.
type asker struct {
	server  plan.Uplink
	places  []string
	queries [][]byte
	conn    net.Conn
	record  *Record
}

// watch starts all who ask. Each nameserver address is asked from one eyeball network.
func (l *Lab) watch(ctx context.Context) error {
	for i, u := range l.World.Uplinks() {
		eye := l.World.Eyes[i%len(l.World.Eyes)]
		a := &asker{server: u, places: l.World.Names(), record: l.Record}
		for _, place := range a.places {
			query, err := question(l.World.Place(place)).Pack()
			if err != nil {
				return err
			}
			a.queries = append(a.queries, query)
		}
		var err error
		a.conn, err = l.spaces[eye.Name].Dial(ctx, "udp4", eye.Host(plan.AskerHost).String(), l.World.Server(u).String()+":53")
		if err != nil {
			return err
		}
		l.watches.Go(a.listen)
		l.watches.Go(func() { a.run(ctx, l.opts.Interval) })
	}
	l.watchClients(ctx)
	return nil
}

// question asks for the steered name, for a client's subnet.
func question(subnet netip.Prefix) *dns.Msg {
	m := new(dns.Msg).SetQuestion(plan.Name, dns.TypeA)
	m.RecursionDesired = false
	m.SetEdns0(1232, false)
	if opt := m.IsEdns0(); subnet.IsValid() {
		opt.Option = append(opt.Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1,
			SourceNetmask: uint8(subnet.Bits()), Address: net.IP(subnet.Addr().AsSlice())})
	}
	return m
}

// run sends the questions. The id of a query says which place it is for: its remainder.
func (a *asker) run(ctx context.Context, every time.Duration) {
	defer a.conn.Close()
	next := time.NewTicker(every)
	defer next.Stop()
	for id := uint16(0); ; {
		for i, query := range a.queries {
			binary.BigEndian.PutUint16(query, id+uint16(i))
			_, _ = a.conn.Write(query) // an ICMP error for an earlier one
		}
		if id += uint16(len(a.queries)); int(id)+len(a.queries) > 1<<16 {
			id = 0
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			return
		}
	}
}

// listen notes the answers until the socket is closed.
func (a *asker) listen() {
	buffer := make([]byte, 4096)
	for {
		n, err := a.conn.Read(buffer)
		if isClosed(err) {
			return
		}
		var m dns.Msg
		if err != nil || m.Unpack(buffer[:n]) != nil {
			continue // an ICMP error for an earlier query
		}
		// A counter that wrapped may begin anew only at a multiple of the places.
		a.record.answered(Asked{a.server, a.places[int(m.Id)%len(a.places)]}, answerOf(&m), time.Now())
	}
}

// answerOf is what a message answers, or in capitals why it does not.
func answerOf(m *dns.Msg) plan.Answer {
	if m.Rcode != dns.RcodeSuccess {
		return plan.Answer(dns.RcodeToString[m.Rcode])
	}
	addrs := addresses(m)
	if len(addrs) == 0 {
		return "EMPTY"
	}
	return plan.AnswerOf(addrs...)
}

func addresses(m *dns.Msg) []netip.Addr {
	var addrs []netip.Addr
	for _, rr := range m.Answer {
		if a, ok := rr.(*dns.A); ok {
			addr, _ := netip.AddrFromSlice(a.A.To4())
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// Ask asks a nameserver once from a host, for a client's subnet; the zero prefix sends none.
func (l *Lab) Ask(ctx context.Context, host string, server netip.Addr, subnet netip.Prefix) (plan.Answer, error) {
	m, err := exchange(ctx, l.spaces[host], netip.Addr{}, server, question(subnet))
	if err != nil {
		return "", fmt.Errorf("asking %s from %s: %w", server, host, err)
	}
	return answerOf(m), nil
}

// exchange asks a server over UDP from an address of a namespace.
func exchange(ctx context.Context, space *netns.Namespace, from, server netip.Addr, query *dns.Msg) (*dns.Msg, error) {
	local := ""
	if from.IsValid() {
		local = from.String()
	}
	conn, err := space.Dial(ctx, "udp4", local, netip.AddrPortFrom(server, 53).String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	m, _, err := new(dns.Client).ExchangeWithConnContext(ctx, query, &dns.Conn{Conn: conn})
	return m, err
}
