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

// asker asks one address of a nameserver, for names and for clients at every place, again and again.
type asker struct {
	asked   []Asked
	queries [][]byte // as many
	conn    net.Conn
	record  *Record
}

// othersInterval is the time between the questions for the names that nobody measures, but that of plan.Name if that is longer.
const othersInterval = time.Second

// watch starts all who ask. Each nameserver address is asked from one eyeball network.
func (l *Lab) watch(ctx context.Context) error {
	for i, u := range l.World.Uplinks() {
		eye := l.World.Eyes[i%len(l.World.Eyes)]
		if err := l.ask(ctx, eye, u, l.Names[:1], l.opts.Interval); err != nil {
			return err
		}
		if err := l.ask(ctx, eye, u, l.Names[1:], max(othersInterval, l.opts.Interval)); err != nil {
			return err
		}
	}
	l.watchClients(ctx)
	return nil
}

// ask starts an asker.
func (l *Lab) ask(ctx context.Context, eye plan.Eye, server plan.Uplink, names []plan.Steered, every time.Duration) (err error) {
	a := &asker{record: l.Record}
	for _, name := range names {
		for _, place := range l.World.Names() {
			query, err := question(name.Name, l.World.Place(place)).Pack()
			if err != nil {
				return err
			}
			a.asked, a.queries = append(a.asked, Asked{server, name, place}), append(a.queries, query)
		}
	}
	a.conn, err = l.spaces[eye.Name].Dial(ctx, "udp4", eye.Host(plan.AskerHost).String(), l.World.Server(server).String()+":53")
	if err != nil {
		return err
	}
	l.watches.Go(a.listen)
	l.watches.Go(func() { a.run(ctx, every) })
	return nil
}

// question asks for the addresses of a name, for a client's subnet.
func question(name string, subnet netip.Prefix) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, dns.TypeA)
	m.RecursionDesired = false
	m.SetEdns0(1232, false)
	if opt := m.IsEdns0(); subnet.IsValid() {
		opt.Option = append(opt.Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1,
			SourceNetmask: uint8(subnet.Bits()), Address: net.IP(subnet.Addr().AsSlice())})
	}
	return m
}

// run sends the questions. The id of a query says which it is: its remainder.
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
		// A counter that wrapped may begin anew only at a multiple of the questions.
		a.record.answered(a.asked[int(m.Id)%len(a.asked)], answerOf(&m), time.Now())
	}
}

// answerOf is what a message answers, or in capitals why it does not.
func answerOf(m *dns.Msg) plan.Answer {
	if m.Rcode != dns.RcodeSuccess {
		return plan.Answer(dns.RcodeToString[m.Rcode])
	}
	return plan.AnswerOf(addresses(m)...)
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

// Ask asks a nameserver once from a host for plan.Name, for a client's subnet; the zero prefix sends none.
func (l *Lab) Ask(ctx context.Context, host string, server netip.Addr, subnet netip.Prefix) (plan.Answer, error) {
	m, err := exchange(ctx, l.spaces[host], netip.Addr{}, server, question(plan.Name, subnet))
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
