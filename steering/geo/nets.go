package geo

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"leeward/steering"
)

// Nets is what a nets file says. It is immutable.
type Nets struct {
	network   *steering.Network
	file      string
	rules     []rule // each once; the first is none
	prefixes  lists  // the values are rules
	asns      map[uint32]ruling
	countries map[steering.Country]ruling
}

// ruling is a rule and the line in which it stands. The zero value is none.
type ruling struct{ rule, line uint32 }

// ParseNets reads a nets file, whose form the package documentation gives. The name of the file is for errors, which
// name line and word too. The network, nil for one without colos, is the one whose map the nets may go into, and others with
// the same colos.
func ParseNets(text, file string, network *steering.Network) (*Nets, error) {
	p := netsParser{
		Nets: &Nets{network: network, file: file, rules: make([]rule, 1),
			asns: map[uint32]ruling{}, countries: map[steering.Country]ruling{}},
		known:  map[string]uint32{},
		drafts: make([]draft, 0, room(text)),
	}
	if err := eachLine(text, file, unicode.IsSpace, p.line); err != nil {
		return nil, err
	}
	return p.Nets, p.put()
}

// netsParser reads the lines of a nets file.
type netsParser struct {
	*Nets
	known  map[string]uint32 // rules by what is written
	drafts []draft
}

// line reads a line: whom it is about, and what it says of them.
func (p *netsParser) line(said string, line uint32) error {
	word, text := cutWord(said, unicode.IsSpace)
	w, err := parseWhom(word)
	if err != nil {
		return err
	}
	if text == "" {
		return fmt.Errorf("%s: colos or a location (@LAT,LON) are wanted after it", word)
	}
	rule, err := p.rule(text)
	if err != nil {
		return err
	}
	switch {
	case w.asn != 0:
		return once(p.asns, w.asn, ruling{rule, line}, word)
	case w.country != steering.Country{}:
		return once(p.countries, w.country, ruling{rule, line}, word)
	default:
		p.drafts = append(p.drafts, newDraft(w.prefix, line, rule))
		return nil
	}
}

// rule is the rule of a text, made once.
func (p *netsParser) rule(text string) (uint32, error) {
	if i, ok := p.known[text]; ok {
		return i, nil
	}
	r, err := parseRule(text, p.network)
	if err != nil {
		return 0, err
	}
	i := uint32(len(p.rules))
	p.known[text] = i
	p.rules = append(p.rules, r)
	return i, nil
}

// once adds what a line says of an autonomous system or a country.
func once[K comparable](all map[K]ruling, key K, r ruling, word string) error {
	if before, ok := all[key]; ok {
		return fmt.Errorf("%s stands in line %d already", word, before.line)
	}
	all[key] = r
	return nil
}

// put puts the prefixes in order.
func (p *netsParser) put() error {
	put(p.drafts, func(draft, draft) int { return 0 })
	if before, again, found := twice(p.drafts, (*draft).samePrefix); found {
		return inLine(p.file, again.line, fmt.Errorf("%s stands in line %d already", again.prefix(), before.line))
	}
	p.prefixes = newLists(p.drafts)
	return nil
}

// whom is whom a line of the nets file is about: an autonomous system, a country or a prefix.
type whom struct {
	prefix  netip.Prefix
	asn     uint32
	country steering.Country
}

// parseWhom reads a line's first word.
//
//	has a digit first, or behind AS, and nothing of a prefix    AS number
//	is of two characters, or three capitals                     country
//	has what a prefix has                                       prefix
//	else                                                        none of them
func parseWhom(word string) (w whom, err error) {
	behind := word
	if len(word) > 2 && strings.EqualFold(word[:2], "AS") {
		behind = word[2:]
	}
	digit := '0' <= behind[0] && behind[0] <= '9'
	switch ofPrefix := strings.ContainsAny(word, "/.:"); {
	case digit && (!ofPrefix || behind != word):
		w.asn, err = steering.ParseASN(word)
	case len(word) == 2, len(word) == 3 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		w.country, err = steering.ParseCountry(word)
	case ofPrefix:
		w.prefix, err = parsePrefix(word)
	default:
		err = fmt.Errorf("%q is no prefix, no AS number like AS64496 and no country like DE", steering.Cut(word))
	}
	return w, err
}

// checkNoASNs refuses lines about autonomous systems, of which nothing is known.
func (n *Nets) checkNoASNs() error {
	asn, r, ok := firstLine(n.asns)
	if !ok {
		return nil
	}
	return &Fault{FromNets, inLine(n.file, r.line, fmt.Errorf("AS%d: there is no AS database that would know its clients (steering.geo.asn)", asn))}
}

// checkCountries refuses lines about countries of a database that knows none but the first, which is none.
func (n *Nets) checkCountries(known []steering.Country) error {
	country, r, ok := firstLine(n.countries)
	if !ok || len(known) > 1 {
		return nil
	}
	return &Fault{FromNets, inLine(n.file, r.line, fmt.Errorf("%s: the geo database has no country codes (steering.geo.database)", country))}
}

// firstLine is the first line of all.
func firstLine[K comparable](all map[K]ruling) (first K, r ruling, ok bool) {
	for key, here := range all {
		if !ok || here.line < r.line {
			first, r, ok = key, here, true
		}
	}
	return first, r, ok
}
