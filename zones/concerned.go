package zones

import (
	"maps"

	"github.com/miekg/dns"
)

// concerned are the names, in lower case, whose nodes are other ones when some owners are touched, with the RRsets that the
// text has for each.
//
//	a name is concerned when                                                 because
//	it is the apex, or touched                                               its RRsets differ
//	it is below a touched name                                               a cut or DNAME above it may be another
//	an NS, MX, SRV, SVCB or HTTPS of it leads to a touched name or below     their addresses may be others
//	an SVCB or HTTPS of it leads to any name concerned                       its SVCB or HTTPS is another
//	it is below one of the two rows above                                    the NS of the cut above it is another
func (z *Zone) concerned(t *text, touched map[Name]bool) map[Name][]*RRset {
	names := maps.Clone(touched)
	var services []*RRset
	for _, s := range t.sets {
		if s.Type == dns.TypeSVCB || s.Type == dns.TypeHTTPS {
			services = append(services, s)
		}
		if z.leads(s, touched) {
			names[s.Owner.Lower()] = true
		}
	}
	names[z.origin] = true
	for more := true; more; {
		more = false
		for _, s := range services {
			if owner := s.Owner.Lower(); !names[owner] && z.leads(s, names) {
				names[owner], more = true, true
			}
		}
	}
	return z.gather(t, names)
}

// leads says whether an RRset leads to one of some names or below.
func (z *Zone) leads(s *RRset, names map[Name]bool) (leads bool) {
	eachTarget(s, func(target []byte) { leads = leads || z.under(names, target) > 0 })
	return leads
}

// gather is these names and all below them, with the RRsets that a text has for each. What is below the apex is not meant.
func (z *Zone) gather(t *text, names map[Name]bool) map[Name][]*RRset {
	anew := make(map[Name][]*RRset, len(names))
	for name := range names {
		anew[name] = nil
	}
	var buf [maxName]byte
	for _, s := range t.sets {
		lower := appendLower(buf[:0], s.Owner)
		if len(lower) == len(z.origin) {
			anew[z.origin] = append(anew[z.origin], s)
			continue
		}
		size := z.under(names, lower)
		if size == 0 {
			continue
		}
		owner := Name(lower)
		anew[owner] = append(anew[owner], s)
		for name := owner.parent(); len(name) > size; name = name.parent() {
			if _, there := anew[name]; !there {
				anew[name] = nil // an empty non-terminal, or one whose RRsets come yet
			}
		}
	}
	return anew
}

// under is the size of the highest of some names that a name is at or below, or 0. The apex counts for itself alone.
func (z *Zone) under(names map[Name]bool, name []byte) (size int) {
	if len(names) == 0 {
		return 0
	}
	if names[Name(name)] {
		size = len(name)
	}
	for name = skipLabels(name, 1); len(name) > len(z.origin); name = skipLabels(name, 1) {
		if names[Name(name)] {
			size = len(name)
		}
	}
	return size
}
