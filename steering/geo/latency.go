package geo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"leeward/steering"
)

// Latency is what a latency table says: how long it takes from a network to colos. It is immutable.
type Latency struct {
	network  *steering.Network
	file     string
	prefixes lists    // the values are positions in starts
	starts   []uint32 // where in measured each prefix begins, and the end
	measured []measured
}

// measured is how long it takes to a colo, in milliseconds.
type measured struct {
	ms   float32
	colo steering.ColoIndex
}

// ParseLatency reads a latency table, whose form the package documentation gives. The name of the file is for errors, which
// name line and word too. The network, nil for one without colos, is the one whose map the table may go into, and others
// with the same colos.
func ParseLatency(text, file string, network *steering.Network) (*Latency, error) {
	p := latencyParser{Latency: &Latency{network: network, file: file}, drafts: make([]draft, 0, room(text)),
		measured: make([]measured, 0, room(text))}
	if err := eachLine(text, file, isSpaceOrComma, p.line); err != nil {
		return nil, err
	}
	return p.Latency, p.put()
}

func isSpaceOrComma(c rune) bool { return c == ',' || unicode.IsSpace(c) }

// latencyParser reads the lines of a latency table. The values of its drafts are positions in its own measured.
type latencyParser struct {
	*Latency
	drafts   []draft
	measured []measured
}

// line reads a line: prefix, colo, milliseconds.
func (p *latencyParser) line(said string, line uint32) error {
	word, rest := cutWord(said, isSpaceOrComma)
	prefix, err := parsePrefix(word)
	if err != nil {
		return err
	}
	name, rest := cutWord(rest, isSpaceOrComma)
	if name == "" {
		return fmt.Errorf("%s: a colo and milliseconds are wanted after it", word)
	}
	colo, err := coloOf(name, p.network)
	if err != nil {
		return err
	}
	number, more := cutWord(rest, isSpaceOrComma)
	if number == "" {
		return fmt.Errorf("%s %s: milliseconds are wanted after it", word, name)
	}
	if more != "" {
		return fmt.Errorf("%q after the milliseconds: nothing is wanted there", steering.Cut(more))
	}
	ms, err := parseMilliseconds(number)
	if err != nil {
		return err
	}
	p.drafts = append(p.drafts, newDraft(prefix, line, uint32(len(p.measured))))
	p.measured = append(p.measured, measured{ms, colo})
	return nil
}

// parseMilliseconds reads a decimal number above 0.
func parseMilliseconds(word string) (float32, error) {
	ms, err := strconv.ParseFloat(word, 32)
	if err != nil || strings.Trim(word, "0123456789.") != "" || ms <= 0 {
		return 0, fmt.Errorf("%q: milliseconds are a decimal number above 0, like 12.5", steering.Cut(word))
	}
	return float32(ms), nil
}

// put puts the prefixes in order, and what is measured from each behind each other, the shortest first.
func (p *latencyParser) put() error {
	colo := func(d *draft) steering.ColoIndex { return p.measured[d.value].colo }
	put(p.drafts, func(a, b draft) int { return cmp.Compare(colo(&a), colo(&b)) })
	same := func(a, b *draft) bool { return a.samePrefix(b) && colo(a) == colo(b) }
	if before, again, found := twice(p.drafts, same); found {
		name := p.network.Colos()[colo(&again)].Name
		return inLine(p.file, again.line, fmt.Errorf("%s %s stands in line %d already", again.prefix(), name, before.line))
	}
	all := make([]measured, 0, len(p.drafts))
	prefixes := p.drafts[:0]
	for i := 0; i < len(p.drafts); {
		d := p.drafts[i]
		start := len(all)
		for ; i < len(p.drafts) && p.drafts[i].samePrefix(&d); i++ {
			all = append(all, p.measured[p.drafts[i].value])
			d.line = min(d.line, p.drafts[i].line)
		}
		slices.SortStableFunc(all[start:], func(a, b measured) int { return cmp.Compare(a.ms, b.ms) })
		d.value = uint32(len(p.starts))
		p.starts = append(p.starts, uint32(start))
		prefixes = append(prefixes, d)
	}
	p.Latency.measured, p.starts = all, append(p.starts, uint32(len(all)))
	p.prefixes = newLists(prefixes)
	return nil
}

// from is what is measured from a listed prefix, the shortest first.
func (l *Latency) from(value uint32) []measured { return l.measured[l.starts[value]:l.starts[value+1]] }

// reorder puts those of the colos that are measured in the order of their milliseconds, on the places that they have. Equal
// ones stay as they are.
func reorder(order []steering.ColoIndex, all []measured) {
	var places []int
	var found []measured
	for place, colo := range order {
		if i := slices.IndexFunc(all, func(m measured) bool { return m.colo == colo }); i >= 0 {
			places = append(places, place)
			found = append(found, all[i])
		}
	}
	slices.SortStableFunc(found, func(a, b measured) int { return cmp.Compare(a.ms, b.ms) })
	for i, m := range found {
		order[places[i]] = m.colo
	}
}
