package dnsserver

import (
	"bytes"
	"fmt"

	"leeward/steering"
	"leeward/zones"
)

// hintSet is the hints of an RRset that are given: counted as zones.Hints counts them, a bit for each. Those beyond its size
// are not.
type hintSet [4]uint64

const maxHints = len(hintSet{}) * 64

func (h *hintSet) add(i int) { h[i/64] |= 1 << (i % 64) }

func (h *hintSet) has(i int) bool { return i < maxHints && h[i/64]&(1<<(i%64)) != 0 }

// guide is the choice for the A or AAAA RRset that hints are of.
type guide struct {
	target []byte          // in the rdata; nil: none was looked for
	set    *zones.RRset    // that RRset
	reach  *steering.Reach // nil: it is not steered, or not known here
	choice steering.Choice
}

// hints picks the hints of an SVCB or HTTPS RRset that the client is given: what it would be given of the A, or AAAA, of the
// target.
//
//	that A or AAAA RRset is                the hint                                       given
//	not steered, or in no zone served      any                                            yes
//	steered                                one of its addresses                           if the client is given that
//	steered                                another address in an uplink                   if the client is given one there
//	steered                                in no uplink                                   if it is of the fallback, and that is given
func (a *answering) hints(rs *records) {
	hints, count := rs.set.Hints(), 0
	rs.services = true
	var guides [2]guide // for ipv4hint and ipv6hint
	for rdata := rs.set.From(0); count < min(hints.Len(), maxHints); {
		record := rdata.Next()
		target := record[2:skipName(record, 2, false)]
		for params := zones.ParamsOf(record); len(params) > 0; {
			key, value, rest, _ := zones.NextParam(params)
			params = rest
			size := zones.HintSize(key)
			if size == 0 {
				continue
			}
			g, qtype := &guides[0], uint16(typeA)
			if key == zones.ParamIPv6Hint {
				g, qtype = &guides[1], typeAAAA
			}
			for ; len(value) > 0; value, count = value[size:], count+1 {
				if count < maxHints && a.gives(rs, count, value[:size], g, target, qtype) {
					rs.hints.add(count)
				}
			}
		}
	}
}

// gives says whether a hint is given.
func (a *answering) gives(rs *records, hint int, addr []byte, g *guide, target []byte, qtype uint16) bool {
	if !bytes.Equal(g.target, target) {
		*g = guide{target: target}
		a.guide(rs, g, qtype)
	}
	return g.reach == nil || g.gives(addr, rs.set.Hints().Uplink(hint), a.view.Verdicts)
}

// gives says whether an address is given, or, where the RRset does not have it, any of the same uplink.
func (g *guide) gives(addr []byte, uplink steering.UplinkIndex, v *steering.Verdicts) (given bool) {
	if uplink == steering.NoUplink {
		fallback := g.reach.Fallback()
		for at := fallback.From; at < fallback.To; at++ {
			given = given || bytes.Equal(g.set.RData(int(at)), addr)
		}
		return given && g.choice.Row == steering.RowFallback
	}
	runs := g.reach.Runs()
	for i := range runs {
		run := &runs[i]
		if run.Uplink != uplink {
			continue
		}
		for at := run.From; at < run.To; at++ {
			if bytes.Equal(g.set.RData(int(at)), addr) {
				return g.choice.GivesRecord(at, run, v)
			}
		}
		given = given || g.choice.Gives(run, v)
	}
	return given
}

// guide finds the addresses of a target, and chooses among them. TTL and scope of the answer are theirs, too.
func (a *answering) guide(rs *records, g *guide, qtype uint16) {
	var s search
	if s.goTo(g.target); s.size == 1 { // the owner (RFC 9460 2.5.2)
		s.goTo(a.name())
	}
	dead := a.search(&s, qtype)
	if dead.text == "" && s.found.Kind == zones.Answer {
		g.set, g.reach = s.found.Set, s.found.Set.Reach()
	}
	if a.trace != nil {
		a.trace.hint(s.name(), qtype, g.reach != nil)
	}
	if g.reach == nil {
		return
	}
	var client steering.Client
	a.choose(g.reach, &client, &g.choice)
	if a.trace != nil {
		a.trace.steer(s.found.Set, rs.ttl, g.choice, client)
	}
	rs.ttl = g.reach.TTL(a.view.TTL).Of(rs.ttl, g.choice.Settled)
}

// hint notes what the hints are of that were looked for.
func (tr *trace) hint(name []byte, qtype uint16, steered bool) {
	words := "given as written: it is not steered here"
	if steered {
		words = "given as its addresses are"
	}
	tr.steps = append(tr.steps, fmt.Sprintf("the hints of %s %s are %s", zones.Name(name), zones.TypeName(qtype), words))
}

// putServices writes an SVCB or HTTPS RRset with those hints that are given.
func (r *reply) putServices(s section, rs *records) bool {
	hint := 0
	at := rs.set.From(0)
	for range rs.set.Len() {
		rdata := at.Next()
		end := r.putHead(s, rs)
		hint = r.putService(rdata, hint, &rs.hints)
		if put16(r.out, end-2, uint16(len(r.out)-end)); len(r.out) > r.limit {
			return false
		}
	}
	return true
}

// putService writes the rdata of an SVCB or HTTPS record, whose hints are those from one on; it returns the next one. Where no
// hint of a parameter is given, it is left out, and out of the list of mandatory ones, which must all be there (RFC 9460 8).
func (r *reply) putService(rdata []byte, hint int, given *hintSet) (next int) {
	params := zones.ParamsOf(rdata)
	r.out = append(r.out, rdata[:len(rdata)-len(params)]...)
	mandatory := -1 // where that parameter stands
	for len(params) > 0 {
		key, value, rest, _ := zones.NextParam(params)
		size, whole := zones.HintSize(key), params[:len(params)-len(rest)]
		if params = rest; size == 0 {
			if key == zones.ParamMandatory {
				mandatory = len(r.out)
			}
			r.out = append(r.out, whole...)
			continue
		}
		at := len(r.out)
		r.out = append(r.out, whole[:4]...)
		for ; len(value) > 0; value, hint = value[size:], hint+1 {
			if given.has(hint) {
				r.out = append(r.out, value[:size]...)
			}
		}
		if put16(r.out, at+2, uint16(len(r.out)-at-4)); len(r.out) == at+4 {
			r.out = r.out[:at]
			mandatory = r.spare(mandatory, key)
		}
	}
	return hint
}

// spare takes a key out of the list of mandatory ones at an offset, and the list with its last; it returns where that stands
// then. -1: there is none.
func (r *reply) spare(at int, key uint16) (list int) {
	if at < 0 {
		return at
	}
	size := int(get16(r.out, at+2))
	for i := at + 4; i < at+4+size; i += 2 {
		if get16(r.out, i) != key {
			continue
		}
		if size == 2 {
			r.out = append(r.out[:at], r.out[i+2:]...)
			return -1
		}
		put16(r.out, at+2, uint16(size-2))
		r.out = append(r.out[:i], r.out[i+2:]...)
		break
	}
	return at
}
