package dnsserver

import (
	"net/netip"
	"sync/atomic"
	"time"

	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

// View is everything an answer needs. It is immutable; a change of anything is a new view behind the server's pointer.
type View struct {
	Zones     *zones.Set
	Network   *steering.Network  // nil: nothing is steered, and Map, Verdicts and Tally may be nil too
	Map       *geo.Map           // where clients stand
	Verdicts  *steering.Verdicts // on Network
	TTL       steering.TTL       // of steered answers
	Preempt   bool               // prefer what is up elsewhere to what is at risk nearby
	NSID      string             // RFC 5001, and id.server in class CH (RFC 4892); "" refuses
	Version   string             // version.server in class CH; "" refuses
	UDPSize   uint16             // octets of the largest UDP response, 512 to 4096
	KeepAlive time.Duration      // how long a TCP connection may be idle, as clients are told (RFC 7828)
	Tally     *Tally             // of steered answers on Network
	Asked     *Asked             // counts the steered answers by region; nil: nobody wants to know
	Proxy     []netip.Prefix     // whose packets and connections begin with a PROXY header; they are dropped without
	Cookies   *Cookies           // RFC 7873; nil: those of clients are passed over
	Access    *Access            // who may transfer and notify; nil: nobody
}

// origin is the client's country, or its autonomous system, or both, and the length of the prefix around the client in which
// that is the same.
func (v *View) origin(client netip.Addr, country, asn bool) (o steering.Origin, depth int) {
	of := 0
	if country {
		o.Country, depth = v.Map.Country(client)
	}
	if asn {
		o.ASN, of = v.Map.ASN(client)
	}
	return o, max(depth, of)
}

// Tally counts the steered answers of a network by colo and row.
type Tally struct {
	counts [][steering.Rows]atomic.Uint64
}

// NewTally makes a tally for a network.
func NewTally(n *steering.Network) *Tally {
	return &Tally{counts: make([][steering.Rows]atomic.Uint64, len(n.Colos()))}
}

// Asked counts the steered answers of a map by the region of the client.
type Asked struct{ counts []atomic.Uint64 }

// NewAsked makes a count for so many regions.
func NewAsked(regions int) *Asked { return &Asked{make([]atomic.Uint64, regions)} }

// Add counts an answer to a client of a region. Nobody may want to know: a may be nil.
func (a *Asked) Add(r *steering.Region) {
	if a != nil {
		a.counts[r.Number()].Add(1)
	}
}

// Count is how many answers clients of a region were given, by the number of the region.
func (a *Asked) Count(region int) uint64 { return a.counts[region].Load() }

// Regions is how many regions are counted.
func (a *Asked) Regions() int { return len(a.counts) }

// add counts an answer: with each colo that it gives addresses of, or, where it gives none of any, with the first.
func (t *Tally) add(rs *records) {
	c := &rs.choice
	t.counts[c.Colo][c.Row-1].Add(1)
	if !c.All {
		return
	}
	last := c.Colo
	for _, run := range rs.set.Reach().Runs() {
		if run.Colo != last && c.Gives(&run, rs.given) {
			last = run.Colo
			t.counts[last][c.Row-1].Add(1)
		}
	}
}

// Count is how many answers a row of the chart of choice gave from a colo.
func (t *Tally) Count(colo steering.ColoIndex, row steering.Row) uint64 {
	return t.counts[colo][row-1].Load()
}
