package dnsserver

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

// Explanation is why a client gets the answer it gets.
type Explanation struct {
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Zone      string          `json:"zone"` // "" when no zone served has the name
	Client    ExplainedClient `json:"client"`
	Region    string          `json:"region"` // the order of colos, nearest first; "" for an answer that is not steered
	Scope     int             `json:"scope"`
	TTL       uint32          `json:"ttl"` // of the last RRset of the answer, in seconds
	TTLReason string          `json:"ttl_reason"`
	Colos     []ExplainedColo `json:"colos"` // those in which the RRset has an address, nearest first
	Colo      string          `json:"colo"`  // that answers; "" for an answer that is not steered
	Row       int             `json:"row"`   // of the chart of choice, 1 to 6; 0 for an answer that is not steered
	Answer    []string        `json:"answer"`
	Rcode     string          `json:"rcode"`
	Steps     []string        `json:"steps"` // what happened, in order, in words
	Reason    string          `json:"reason"`
}

// ExplainedClient is the client that an answer is for.
type ExplainedClient struct {
	Address   string             `json:"address"`
	Source    string             `json:"source"` // ecs or resolver
	Location  *ExplainedLocation `json:"location,omitempty"`
	LocatedBy string             `json:"located_by"`
}

// ExplainedLocation is a place on the earth in degrees.
type ExplainedLocation struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// ExplainedColo is a colo as the choice saw it.
type ExplainedColo struct {
	Name      string            `json:"name"`
	Km        float64           `json:"km"`
	Uplinks   []ExplainedUplink `json:"uplinks"`
	Addresses []string          `json:"addresses"`
	Row       int               `json:"row"`            // that the colo fits by itself
	Ramp      *ExplainedRamp    `json:"ramp,omitempty"` // while clients are still returning to it
}

// ExplainedRamp is how a colo that was down gets its clients back, slice by slice.
type ExplainedRamp struct {
	Back       int  `json:"back"`        // slices, of 100, that are back
	Slice      int  `json:"slice"`       // of the client: back when below
	PassedOver bool `json:"passed_over"` // the client's is not, and another colo answers
}

// ExplainedUplink is an uplink as the choice saw it.
type ExplainedUplink struct {
	Upstreams []string       `json:"upstreams"`
	Verdict   steering.State `json:"verdict"`
	Reason    string         `json:"reason"`
}

// trace collects what an answering does, for an explanation.
type trace struct {
	zone   *zones.Zone // of the first name
	steps  []string
	set    *zones.RRset // the steered one that was chosen of first, or nil
	ttl    uint32       // that the answer would have without that
	choice steering.Choice
	client steering.Client
}

// step notes what a zone says of one name.
func (tr *trace) step(name []byte, found *zones.Result) {
	words := ""
	switch found.Kind {
	case zones.Answer:
		words = "has it"
	case zones.CNAME:
		words = "says it is an alias (CNAME)"
	case zones.Alias:
		words = "says that its addresses are those of " + zones.Name(found.Set.RData(0)).String() + " (ALIAS)"
	case zones.DNAME:
		words = "redirects " + found.Set.Owner.String() + " (DNAME)"
	case zones.Referral:
		words = "delegates " + found.Set.Owner.String()
	case zones.NXDomain:
		words = "does not have the name"
	default:
		words = "has the name without this type"
	}
	if found.Wildcard {
		words += " by a wildcard"
	}
	if found.Zone.Adds(zones.Name(name)) {
		words += ", with a challenge beside its file"
	}
	if tr.zone == nil {
		tr.zone = found.Zone
	}
	tr.steps = append(tr.steps, fmt.Sprintf("%s: zone %s %s", zones.Name(name), found.Zone.Origin(), words))
}

// steer notes a choice, the first of several.
func (tr *trace) steer(set *zones.RRset, ttl uint32, choice steering.Choice, client steering.Client) {
	if tr.set == nil {
		tr.set, tr.ttl, tr.choice, tr.client = set, ttl, choice, client
	}
}

// Asker is who asks: a resolver, and the subnet of its client if it sends one (RFC 7871).
type Asker struct {
	Resolver netip.Addr
	Subnet   netip.Prefix // the zero value: none is sent
}

// Explain answers a question as Answer does, and says how.
func (s *Server) Explain(name zones.Name, qtype uint16, asker Asker) (*Explanation, error) {
	view := s.view.Load()
	if view == nil {
		return nil, fmt.Errorf("no view yet: the server has only just started")
	}
	return view.Explain(name, qtype, asker)
}

// Explain explains an answer from this view, which need not be in force any more.
func (v *View) Explain(name zones.Name, qtype uint16, asker Asker) (*Explanation, error) {
	return v.explain(name, qtype, asker, v.Map)
}

// Reason is Explain but for where the client is: a geo database is not read for it.
func (v *View) Reason(name zones.Name, qtype uint16, asker Asker) (*Explanation, error) {
	return v.explain(name, qtype, asker, nil)
}

// explain explains an answer; the client is located by a map, if one is given.
func (v *View) explain(name zones.Name, qtype uint16, asker Asker, locate *geo.Map) (*Explanation, error) {
	tr := &trace{}
	a := answering{view: v, client: asker.Resolver, trace: tr}
	q := &a.query
	if rcode, _ := q.parse(questionFor(name, qtype, asker.Subnet)); rcode != rcodeNoError {
		return nil, fmt.Errorf("cannot ask for %s: %s", name, dns.RcodeToString[rcode])
	}
	a.reply.begin(q, maxMessage-q.edns.optSize(""))
	rcode := a.run()
	wire := a.reply.finish(q, rcode, &responseOPT{udpSize: v.UDPSize, scope: a.scope})
	var m dns.Msg
	if err := m.Unpack(wire); err != nil {
		return nil, fmt.Errorf("reading the answer for %s: %w", name, err)
	}
	e := &Explanation{Name: name.String(), Type: zones.TypeName(qtype), Scope: int(a.scope), Colos: []ExplainedColo{},
		Answer: []string{}, Rcode: dns.RcodeToString[rcode], Client: explainClient(locate, asker, a.standpoint()), Steps: tr.steps}
	if tr.zone != nil {
		e.Zone = tr.zone.Origin().String()
	}
	for _, rr := range m.Answer {
		e.Answer = append(e.Answer, strings.ReplaceAll(rr.String(), "\t", " "))
		e.TTL = rr.Header().Ttl
	}
	if tr.set != nil {
		e.steering(v, tr)
	} else {
		e.plain(rcode, &a)
	}
	if soa, ok := firstSOA(m.Ns); ok {
		e.TTL, e.TTLReason = soa.Hdr.Ttl, "of a negative answer: the lesser of the SOA's TTL and minimum (RFC 2308)"
	}
	e.Steps = append(e.Steps, e.Reason)
	return e, nil
}

// questionFor is the query that a client would send.
func questionFor(name zones.Name, qtype uint16, subnet netip.Prefix) []byte {
	m := []byte{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	m = append(m, name...)
	m = binary.BigEndian.AppendUint16(m, qtype)
	m = append(m, 0, classIN)
	if !subnet.IsValid() {
		return m
	}
	family := byte(1)
	if subnet.Addr().Is6() {
		family = 2
	}
	octets := subnet.Masked().Addr().AsSlice()[:(subnet.Bits()+7)/8]
	size := byte(4 + len(octets))
	put16(m, 10, 1)
	m = append(m, 0, 0, typeOPT, 4, 208, 0, 0, 0, 0, 0, size+4, 0, optionSubnet, 0, size, 0, family, byte(subnet.Bits()), 0)
	return append(m, octets...)
}

// explainClient says who asks, and where the address that stands for the client is.
func explainClient(locate *geo.Map, asker Asker, standpoint netip.Addr) ExplainedClient {
	c := ExplainedClient{Address: asker.Resolver.String(), Source: "resolver"}
	if asker.Subnet.Bits() > 0 {
		c.Address, c.Source = asker.Subnet.String(), "ecs"
	}
	if locate == nil {
		c.LocatedBy = "nothing: no colos are configured"
		return c
	}
	at, by, ok := locate.Explain(standpoint)
	if c.LocatedBy = by; ok {
		c.Location = &ExplainedLocation{at.Lat, at.Lon}
	}
	return c
}

// firstSOA is the SOA of a negative answer.
func firstSOA(authority []dns.RR) (soa *dns.SOA, ok bool) {
	if len(authority) == 0 {
		return nil, false
	}
	soa, ok = authority[0].(*dns.SOA)
	return soa, ok
}

// plain gives the reason of an answer that no place or health has a part in. The first row that fits:
//
//	NOTIMP or FORMERR        the type is no question
//	SERVFAIL                 what was said in the response
//	REFUSED, a transfer      not explained
//	no zone                  not served here
//	YXDOMAIN                 the name gets too long
//	what the zone says       of the last name of the chain
func (e *Explanation) plain(rcode int, a *answering) {
	e.TTLReason = "as in the zone"
	switch {
	case rcode == rcodeNotImp, rcode == rcodeFormErr:
		e.Reason = e.Type + " is no type to ask for"
	case rcode == rcodeServFail:
		e.Reason = a.because.text
	case rcode == rcodeRefused && (e.Type == "AXFR" || e.Type == "IXFR"):
		e.Reason = "a transfer is more than an answer, and is not explained"
	case a.trace.zone == nil:
		e.Reason = "no zone served here contains " + e.Name
	case rcode == rcodeYXDomain:
		e.Reason = "the name that the DNAME makes is longer than 255 octets (RFC 6672)"
	case a.found.Kind == zones.Referral:
		e.Reason = "delegated: the client is referred to the name servers there"
	case rcode == rcodeNXDomain:
		e.Reason = "the name does not exist"
	case a.found.Kind == zones.NoData:
		e.Reason = "nothing of this type is here"
	case a.found.Kind != zones.Answer:
		e.Reason = "the chain leads out of the zones served here, or in a circle: the client goes on by itself"
	default:
		e.Reason = "answered as written: the addresses lie in fewer than two uplinks, or are none"
	}
	if len(e.Answer) == 0 {
		e.TTLReason = ""
	}
}
