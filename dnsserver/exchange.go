package dnsserver

import (
	"net/netip"

	"leeward/zones"
)

// Question is what a query asks, and who.
type Question struct {
	Opcode int
	Name   zones.Name // as sent; "" where it could not be read
	Type   uint16
	Class  uint16
	Asker  Asker
}

// Question reads the query of an exchange. It says no for what is no query, and was left without a response.
func (e *Exchange) Question() (asked Question, ok bool) {
	var q query
	if _, ok := q.parse(e.Query); !ok {
		return Question{}, false
	}
	asked = Question{Opcode: q.opcode(), Name: zones.Name(q.name), Type: q.qtype, Class: q.qclass, Asker: Asker{Resolver: e.Client.Addr()}}
	if addr, ok := q.edns.subnet.addr(); ok {
		asked.Asker.Subnet = netip.PrefixFrom(addr, int(q.edns.subnet.source))
	}
	return asked, true
}

// Zone is the zone that answered, by the view of the exchange; nil where none did, or the view is not known.
func (e *Exchange) Zone(asked Question) *zones.Zone {
	if e.View == nil || e.View.Zones == nil || asked.Name == "" {
		return nil
	}
	return e.View.Zones.Find([]byte(asked.Name.Lower()), asked.Type)
}

// Rcode is that of the response as its header has it; -1 for silence.
func (e *Exchange) Rcode() int {
	if len(e.Response) < headerSize {
		return -1
	}
	return int(e.Response[3] & 15)
}
