package lint

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// Beside is what is known of what a zone is served beside. The zero value knows nothing.
type Beside struct {
	Served    func(zones.Name) bool // whether a name is in another zone that is served; nil: not known
	WithoutAS bool                  // no database says of which autonomous system clients are
}

// Check reads a zone and says what is wrong with it. An error is one of zones.Parse: no zone can be made of the file.
// Signatures are held against now.
func Check(src zones.Source, now time.Time, beside Beside) (*zones.Zone, []Finding, error) {
	c := &check{src: src, now: now, beside: beside, report: report{byLint: map[string]*Finding{}}}
	var err error
	if c.draft, err = zones.ParseDraft(src, c.entry); err != nil {
		return nil, nil, err
	}
	c.zone = c.draft.Zone
	for _, w := range c.draft.Warnings {
		c.add(rule{name: "reading", severity: Warning}, Place{File: w.File, Line: w.Line, What: w.Text})
	}
	c.sets()
	c.apex()
	c.needless()
	c.neighbours()
	if c.zone.Signed() {
		c.signatures()
		c.chain()
	} else {
		c.leftovers()
	}
	return c.zone, c.findings(), nil
}

// check is the looking through of one zone.
type check struct {
	report
	src     zones.Source
	now     time.Time
	beside  Beside
	draft   *zones.Draft
	zone    *zones.Zone
	servers map[zones.Name]bool // below delegations, that NS records name
	below   []*zones.RRset      // what is not served, at or below delegations
	colos   []placed            // the steered RRsets
	nsecs   map[zones.Name]*zones.RRset
}

// standing is how a name stands to the zone's delegations and DNAMEs.
type standing uint8

const (
	own standing = iota // the zone's own data
	cut                 // a delegation
	belowCut
	belowDNAME
)

func (c *check) standing(name zones.Name) standing {
	lower := name.Lower()
	found := c.zone.Lookup([]byte(lower), dns.TypeANY)
	switch {
	case found.Kind == zones.Referral && found.Set.Owner.Lower() == lower:
		return cut
	case found.Kind == zones.Referral:
		return belowCut
	case found.Kind == zones.DNAME:
		return belowDNAME
	default:
		return own
	}
}

// sets looks at all RRsets, one by one.
func (c *check) sets() {
	c.servers = map[zones.Name]bool{}
	for _, s := range c.draft.Sets() {
		if s.Type == dns.TypeNSEC3 || s.Covers() == dns.TypeNSEC3 {
			continue // its owner is no name of the zone
		}
		at := c.standing(s.Owner)
		c.occluded(s, at)
		if at == belowCut || at == belowDNAME {
			continue
		}
		c.delegation(s, at)
		c.nameServers(s, at)
		c.ttl(s)
		c.targets(s)
		c.alias(s)
		c.hosts(s)
		c.content(s)
		c.steered(s)
	}
}

// say notes that something is wrong with a record of an RRset.
func (c *check) say(of rule, s *zones.RRset, record int, what string, args ...any) {
	file, line := c.draft.Place(s, record)
	c.add(of, Place{file, line, c.draft.Relative(s.Owner), fmt.Sprintf(what, args...)})
}

// at is the RRset as it is served, or nil.
func (c *check) at(name zones.Name, t uint16) *zones.RRset {
	found := c.zone.Lookup([]byte(name.Lower()), t)
	if found.Kind == zones.Answer && !found.Wildcard {
		return found.Set
	}
	return nil
}

// inside says whether a name is at or below the apex.
func (c *check) inside(name zones.Name) bool { return within(name, c.zone.Origin()) }

func within(name, above zones.Name) bool {
	name, above = name.Lower(), above.Lower()
	for len(name) > len(above) {
		name = name[1+int(name[0]):]
	}
	return name == above
}

// record is a record as the library has it, or nil when it cannot read it.
func record(s *zones.RRset, i int) dns.RR {
	rdata := s.RData(i)
	wire := make([]byte, 0, len(s.Owner)+10+len(rdata))
	wire = append(wire, s.Owner...)
	wire = append(wire, byte(s.Type>>8), byte(s.Type), 0, dns.ClassINET)
	wire = append(wire, byte(s.TTL>>24), byte(s.TTL>>16), byte(s.TTL>>8), byte(s.TTL))
	wire = append(wire, byte(len(rdata)>>8), byte(len(rdata)))
	rr, _, err := dns.UnpackRR(append(wire, rdata...), 0)
	if err != nil {
		return nil
	}
	return rr
}

// records are all records that the library can read, by their type, with their numbers.
func records[T dns.RR](s *zones.RRset, visit func(i int, rr T)) {
	for i := range s.Len() {
		if rr, ok := record(s, i).(T); ok {
			visit(i, rr)
		}
	}
}

func typeName(t uint16) string { return zones.TypeName(t) }

// before orders findings by their first places.
func before(a, b Finding) int {
	x, y := a.Places[0], b.Places[0]
	return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), strings.Compare(a.Lint, b.Lint))
}
