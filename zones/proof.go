package zones

import "slices"

// Proof is the RRsets that prove what a zone does not have, each once.
type Proof struct {
	sets [3]*RRset
	size int
}

// Sets are the RRsets. There are none in a zone without a chain of NSEC or NSEC3.
func (p *Proof) Sets() []*RRset { return p.sets[:p.size] }

func (p *Proof) add(s *RRset) {
	if s != nil && !slices.Contains(p.sets[:p.size], s) {
		p.sets[p.size] = s
		p.size++
	}
}

// Proof is what proves a result of Lookup for this name (RFC 4035 section 3.1.3, RFC 5155 section 7.2). It takes no lock
// and does not allocate. With NSEC the RRset at the closest encloser is left out.
//
//	result                   RRsets
//	Referral with a DS       none: the DS proves it
//	Referral without         that of the cut; where there is none (opt-out), the two of its closest encloser
//	NoData                   the same of the name
//	NXDomain                 the two of the closest encloser, and the one that covers * below it
//	NoData by wildcard       the two of the closest encloser, and that of the wildcard
//	any other by wildcard    the one that covers the next closer name
//	any other                none
func (z *Zone) Proof(name []byte, r *Result) (p Proof) {
	switch {
	case z.denial == nil:
	case r.Kind == Referral:
		if r.Set.DS() == nil {
			z.proveLack(&p, name[len(name)-len(r.Set.Owner):])
		}
	case r.Kind == NoData && !r.Wildcard:
		z.proveLack(&p, name)
	case r.Kind == NXDomain:
		var buf [maxName + 2]byte
		encloser := z.proveEncloser(&p, name)
		p.add(z.covering(append(append(buf[:0], 1, '*'), encloser...)))
	case r.Kind == NoData:
		z.proveEncloser(&p, name)
		p.add(r.Node.proof())
	case r.Wildcard:
		_, next := z.encloser(name)
		p.add(z.covering(next))
	}
	return p
}

// proveLack proves that a name that exists lacks a type. Above the apex there is nothing to prove it by, if its chain is
// broken there.
func (z *Zone) proveLack(p *Proof, name []byte) {
	switch n := z.nodes.find(name); {
	case n.proof() != nil:
		p.add(n.proof())
	case n != z.apex:
		z.proveEncloser(p, name)
	}
}

// proveEncloser is the closest encloser proof (RFC 5155 section 7.2.1). The NSEC that covers the next closer name covers
// all below it too, and says by its own name which names above exist.
func (z *Zone) proveEncloser(p *Proof, name []byte) (encloser []byte) {
	encloser, next := z.encloser(name)
	if z.denial.hashed != nil {
		p.add(z.nodes.find(encloser).proof())
	}
	p.add(z.covering(next))
	return encloser
}

// encloser is the closest encloser of a name that the chain can prove, other than the name, and the next closer name.
func (z *Zone) encloser(name []byte) (encloser, next []byte) {
	next = skipLabels(name, countLabels(name)-int(z.depth)-1)
	for {
		encloser = skipLabels(next, 1)
		if n := z.nodes.find(encloser); n == z.apex || n != nil && n.proof() != nil {
			return encloser, next
		}
		next = encloser
	}
}

func (z *Zone) covering(name []byte) *RRset {
	set, _ := z.denial.cover(name)
	return set
}
