package migrate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"leeward/steering"
)

// Place is a line of a file of the peer.
type Place struct {
	File string
	Line int // from 1; 0 is the file as a whole
}

func (p Place) String() string {
	switch {
	case p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Errorf is an error at the place.
func (p Place) Errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", p, fmt.Errorf(format, args...))
}

// Note is something that could not be carried over, or that is left to do.
type Note struct {
	At      Place
	What    string // in the peer's words: "weighted!front: multi = true"
	Meant   string // to the peer; "" where What says it
	Instead string // what to do in Leeward
}

// Site is what a peer serves. The zero value is an empty one.
type Site struct {
	Peer  string // as in the command: gdnsd
	Zones []*Zone
	Colos []Colo // that the peer has names for, in its order
	Nets  []Net
	Lost  []Note

	noted map[Note]bool // what is in Lost
}

// Colo is a place that the peer has a name for.
type Colo struct {
	Name     string
	Location *steering.Location // nil: the peer does not say
}

// Net is a prefix whose clients get these colos first, in this order.
type Net struct {
	Prefix netip.Prefix
	Colos  []string
	At     Place
}

// Lose notes what could not be carried over. What is noted a second time in the same words is kept once.
func (s *Site) Lose(at Place, what, meant, instead string) {
	n := Note{at, what, meant, instead}
	if s.noted == nil {
		s.noted = map[Note]bool{}
	}
	if !s.noted[n] {
		s.noted[n], s.Lost = true, append(s.Lost, n)
	}
}

// Colo adds a place that the peer names, if it is not there. A location is taken when none was known before; another one than
// that which is known is refused.
func (s *Site) Colo(name string, at *steering.Location) (ok bool) {
	i := slices.IndexFunc(s.Colos, func(c Colo) bool { return c.Name == name })
	if i < 0 {
		s.Colos = append(s.Colos, Colo{name, at})
		return true
	}
	known := s.Colos[i].Location
	s.Colos[i].Location = cmp.Or(known, at)
	return known == nil || at == nil || *known == *at
}

// Check is how the peer probes.
type Check struct {
	Name string // in the peer's words
	steering.Check
	At Place
}

// key is the same for checks that ask the same in the same way, whatever their names.
func (c *Check) key() string { return fmt.Sprintf("%#v", c.Check) }

func (c *Check) same(other *Check) bool { return other != nil && c.key() == other.key() }

// Group is addresses that the peer answers with together.
type Group struct {
	Colo   string // that they lie in; "": the peer has no name for it
	Addrs  []netip.Addr
	Weight int  // of PolicyWeighted
	Aside  bool // given by Countries and ASNs alone
}

// Rule says that clients of some kind get some groups first.
type Rule struct {
	Of     string // a country (ISO 3166-1 alpha-2, in capitals), or the number of an autonomous system
	Groups []int
}

// Want is what a name wants. It is for the A and the AAAA of the name.
type Want struct {
	Kind      steering.PolicyKind
	Groups    []Group // of PolicyFailover: in their order
	TTL       steering.TTL
	Count     int    // addresses of an answer; 0: all that the policy names
	Check     *Check // nil: the peer does not probe
	Countries []Rule
	ASNs      []Rule
	At        Place
	Was       string // in the peer's words: "DYNA geoip!www"
}

// addrs are all addresses, each once, in order.
func (w *Want) addrs() (all []netip.Addr) {
	for _, g := range w.Groups {
		for _, a := range g.Addrs {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// static says whether an answer has always the same addresses, and the peer has no place for them: records like any other.
//
//	the peer has    and                                                  static
//	names of colos  -                                                    no
//	rules           -                                                    no
//	neither         policy none, one address, or all that nobody probes  yes
//	neither         anything else                                        no
func (w *Want) static() bool {
	if len(w.Countries)+len(w.ASNs) > 0 || slices.ContainsFunc(w.Groups, func(g Group) bool { return g.Colo != "" }) {
		return false
	}
	return w.Kind == steering.PolicyNone || len(w.addrs()) < 2 || w.Kind == steering.PolicyAll && w.Check == nil
}

// merge takes in what another type of the same name wants. It says whether the two agree.
func (w *Want) merge(other *Want) bool {
	shift := len(w.Groups)
	w.Groups = append(w.Groups, other.Groups...)
	for _, rules := range []struct{ to, from *[]Rule }{{&w.Countries, &other.Countries}, {&w.ASNs, &other.ASNs}} {
		for _, r := range *rules.from {
			moved := Rule{Of: r.Of}
			for _, g := range r.Groups {
				moved.Groups = append(moved.Groups, g+shift)
			}
			*rules.to = append(*rules.to, moved)
		}
	}
	w.Check = cmp.Or(w.Check, other.Check)
	return w.Kind == other.Kind && w.Count == other.Count && w.TTL == other.TTL
}
