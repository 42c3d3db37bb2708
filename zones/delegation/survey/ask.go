package survey

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// ask sends a server all queries: the first ones, and if it answers any of these, the others, a few at once.
func (s *Survey) ask(ctx context.Context, server *delegation.Server, inside []string) {
	var mu sync.Mutex
	set := func(name string, r delegation.Reply) {
		mu.Lock()
		defer mu.Unlock()
		server.Replies[name] = r
	}
	var stream []delegation.Query
	var all sync.WaitGroup
	for _, q := range delegation.First(s.Zone) {
		if q.TCP {
			stream = append(stream, q)
			continue
		}
		all.Go(func() { set(q.Name, s.exchange(ctx, server.Addr, q.Msg)) })
	}
	var away error
	all.Go(func() {
		var msgs []*dns.Msg
		for _, q := range stream {
			msgs = append(msgs, q.Msg)
		}
		replies, err := s.overTCP(ctx, server.Addr, msgs)
		for i, q := range stream {
			set(q.Name, replies[i])
		}
		away = err
	})
	all.Wait()
	if unreachable(away) {
		server.Away = fmt.Sprintf("this host has no way to %s", server.Addr.Addr())
		return
	}
	alive := false
	for _, r := range server.Replies {
		alive = alive || r.Msg != nil
	}
	if !alive {
		return
	}
	room := make(chan struct{}, atOnce)
	for _, q := range delegation.Queries(s.Zone, inside) {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if q.Name == delegation.AskTransfer {
				replies, _ := s.overTCP(ctx, server.Addr, []*dns.Msg{q.Msg}) // the reply has the error
				set(q.Name, replies[0])
				return
			}
			set(q.Name, s.exchange(ctx, server.Addr, q.Msg))
		})
	}
	all.Wait()
}

// unreachable says whether an error means that this host has no route or no address of the family.
func unreachable(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// answered is the records of a type in an answer that is none of an error.
func answered(r delegation.Reply, rrtype uint16) []dns.RR {
	if r.Msg == nil || r.Msg.Rcode != dns.RcodeSuccess {
		return nil
	}
	var records []dns.RR
	for _, rr := range r.Msg.Answer {
		if rr.Header().Rrtype == rrtype {
			records = append(records, rr)
		}
	}
	return records
}

func plain(name string, rrtype uint16, recursion bool) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, rrtype)
	m.RecursionDesired = recursion
	return m
}
