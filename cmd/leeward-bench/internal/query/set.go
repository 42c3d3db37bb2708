// Package query holds what servers are asked, ready for the wire, and says whether a response is what it must be.
package query

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/miekg/dns"
)

// Query is one query on the wire, whose ID is still to be set, and the answer it must get.
type Query struct {
	Wire    []byte
	Rcode   uint8
	Answers uint16 // records in the answer section
	Least   uint16 // records in the authority section, at least
}

// Set is what one row asks, again and again from the beginning.
type Set []Query

// Options are of all queries of a set. The zero value is a query without EDNS.
type Options struct {
	Size   uint16 // EDNS: how much the client takes; 0 is no EDNS
	DO     bool
	Subnet func() netip.Prefix // EDNS client subnet of the next query; nil is none
	Least  uint16              // records that the authority section of the answer has at least
}

// Add adds a query.
func (s *Set) Add(name string, qtype uint16, rcode, answers int, opts Options) error {
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype)
	m.RecursionDesired = false
	if opts.Size > 0 {
		m.SetEdns0(opts.Size, opts.DO)
	}
	if opts.Subnet != nil {
		p := opts.Subnet()
		family := uint16(1)
		if p.Addr().Is6() {
			family = 2
		}
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: family,
			SourceNetmask: uint8(p.Bits()), Address: p.Addr().AsSlice()})
	}
	wire, err := m.Pack()
	if err != nil {
		return fmt.Errorf("query for %s: %w", name, err)
	}
	*s = append(*s, Query{wire, uint8(rcode), uint16(answers), opts.Least})
	return nil
}

// Shuffle brings the queries into an order that is the same every time.
func (s Set) Shuffle() {
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
