package steering

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// pin is where the clients of a country, or of an autonomous system, go first.
type pin struct {
	of    Origin // one of the two
	text  string // as it stands in the policy
	first []ColoIndex
}

func comparePins(a pin, b Origin) int {
	return cmp.Or(cmp.Compare(a.of.ASN, b.ASN), slices.Compare(a.of.Country[:], b.Country[:]))
}

// pin is the pin that holds for clients from an origin, or nil: by autonomous system before by country.
func (p *Policy) pin(from Origin) *pin {
	if p == nil || len(p.pins) == 0 {
		return nil
	}
	for _, by := range [...]Origin{{ASN: from.ASN}, {Country: from.Country}} {
		if at, found := slices.BinarySearchFunc(p.pins, by, comparePins); found {
			return &p.pins[at]
		}
	}
	return nil
}

// Pin is the pin of a policy that holds for clients from an origin: its number from 1, the same for all for whom it
// holds, and in words, "DE to ams, lhr"; 0 and "" if none does.
func (p *Policy) Pin(from Origin) (number int, words string) {
	held := p.pin(from)
	if held == nil {
		return 0, ""
	}
	return 1 + slices.IndexFunc(p.pins, func(q pin) bool { return q.of == held.of }), held.text
}

// country reads pins by country: DE:ams+lhr,US:iad.
func (d *drafting) country(value string) error {
	d.pinsCountry = true
	return d.pinned(value, "COUNTRY", func(word string) (o Origin, err error) {
		o.Country, err = ParseCountry(word)
		return o, err
	})
}

// asn reads pins by autonomous system: AS64496:ams.
func (d *drafting) asn(value string) error {
	d.pinsASN = true
	return d.pinned(value, "AS64496", func(word string) (o Origin, err error) {
		o.ASN, err = ParseASN(word)
		return o, err
	})
}

func (d *drafting) pinned(value, form string, origin func(string) (Origin, error)) error {
	for text := range strings.SplitSeq(value, ",") {
		word, colos, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok {
			return fmt.Errorf("%q is no %s:COLO, or %s:COLO+COLO", Cut(text), form, form)
		}
		of, err := origin(word)
		if err != nil {
			return err
		}
		p := pin{of: of, text: word + " to " + strings.ReplaceAll(colos, "+", ", ")}
		if p.first, err = d.list(colos, "+"); err != nil {
			return err
		}
		at, twice := slices.BinarySearchFunc(d.pins, of, comparePins)
		if twice {
			return fmt.Errorf("%s stands there twice", word)
		}
		d.pins = slices.Insert(d.pins, at, p)
	}
	return nil
}

// setAside makes colos that pins alone name used for those clients alone.
func (d *drafting) setAside() {
	if d.uses == nil {
		return
	}
	for _, p := range d.pins {
		for _, c := range p.first {
			if d.uses[c] {
				continue
			}
			if d.aside == nil {
				d.aside = make([]bool, len(d.uses))
			}
			d.aside[c] = true
		}
	}
	for c, aside := range d.aside {
		d.uses[c] = d.uses[c] || aside
	}
}
