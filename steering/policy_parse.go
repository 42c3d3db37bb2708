package steering

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// steerVersion begins the text of a policy.
const steerVersion = "v=steer1"

// maxWeight bounds the weights of colos.
const maxWeight = 1_000_000

// word is a word of a policy: its name, and what it says.
type word struct {
	name  string
	parse func(*drafting, string) error
}

// words are those that may follow the version, in any order, each once.
var words = []word{
	{"policy", (*drafting).policy},
	{"order", (*drafting).order},
	{"weight", (*drafting).weights},
	{"colos", (*drafting).colos},
	{"not", (*drafting).not},
	{"country", (*drafting).country},
	{"asn", (*drafting).asn},
	{"count", (*drafting).count},
	{"check", (*drafting).check},
	{"ttl", (*drafting).ttl},
	{"empty", (*drafting).empty},
	{"fallback", (*drafting).fallback},
}

// drafting is a policy in the course of being read.
type drafting struct {
	*Policy
	network Network
	others  []string // colos of no network, as they are met
	given   map[string]bool
	listed  []ColoIndex // by order=
	shares  map[ColoIndex]float64
	only    []ColoIndex // by colos=
	without []ColoIndex // by not=
}

// ParsePolicy reads a policy: "v=steer1; policy=failover; order=ams,iad". Everything in it has to be understood: an error
// names what is not, and the nearest word that would be. Without a network, or with one that has no colos, nothing is
// steered: then only the words are checked, and there is no policy.
func ParsePolicy(text string, n *Network) (*Policy, error) {
	parts := strings.Split(text, ";")
	if strings.TrimSpace(parts[0]) != steerVersion {
		return nil, fmt.Errorf("it begins with %q, and not with %s", Cut(strings.TrimSpace(parts[0])), steerVersion)
	}
	d := &drafting{Policy: &Policy{Text: text}, given: map[string]bool{}}
	if n != nil {
		d.network = *n
	}
	for i, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if part == "" && i == len(parts)-2 { // a semicolon at the end
			break
		}
		if err := d.take(part); err != nil {
			return nil, err
		}
	}
	if err := d.whole(); err != nil {
		return nil, err
	}
	if len(d.network.colos) == 0 {
		return nil, nil
	}
	d.settle()
	if d.uses != nil && !slices.Contains(d.uses, true) {
		return nil, fmt.Errorf("no colo is left, so that it can never give an answer")
	}
	d.setAside()
	return d.Policy, nil
}

// take takes one word in.
func (d *drafting) take(part string) error {
	name, value, ok := strings.Cut(part, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	at := slices.IndexFunc(words, func(w word) bool { return w.name == name })
	switch {
	case part == "":
		return fmt.Errorf("no word between two semicolons")
	case at < 0:
		return fmt.Errorf("no word %q: is %s= meant?", Cut(name), NearestName(name, wordNames()))
	case !ok || value == "":
		return fmt.Errorf("%s= without a value", name)
	case d.given[name]:
		return fmt.Errorf("%s= stands there twice", name)
	}
	d.given[name] = true
	if err := words[at].parse(d, value); err != nil {
		return fmt.Errorf("%s=%s: %w", name, Cut(value), err)
	}
	return nil
}

func wordNames() (names []string) {
	for _, w := range words {
		names = append(names, w.name)
	}
	return names
}

// whole holds the words against each other, and makes of them what a choice needs.
//
//	policy             order=     weight=    colos= or not=               count=, country=, asn=    the others
//	failover           needed     refused    refused: order says it       may be                    may be
//	weighted           refused    needed     refused: weight says it      may be                    may be
//	nearest, spread    refused    refused    may be, one of them          may be                    may be
//	all                refused    refused    may be, one of them          refused                   may be
//	none               refused    refused    refused                      refused                   refused
func (d *drafting) whole() error {
	kind := d.Kind.String()
	for _, rule := range []struct {
		word string
		of   []PolicyKind
	}{
		{"order", []PolicyKind{PolicyFailover}},
		{"weight", []PolicyKind{PolicyWeighted}},
		{"colos", []PolicyKind{PolicyNearest, PolicySpread, PolicyAll}},
		{"not", []PolicyKind{PolicyNearest, PolicySpread, PolicyAll}},
		{"country", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread}},
		{"asn", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread}},
		{"count", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread}},
		{"check", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread, PolicyAll}},
		{"ttl", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread, PolicyAll}},
		{"empty", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread, PolicyAll}},
		{"fallback", []PolicyKind{PolicyNearest, PolicyFailover, PolicyWeighted, PolicySpread, PolicyAll}},
	} {
		needed := len(rule.of) == 1 && rule.of[0] == d.Kind
		switch {
		case d.given[rule.word] && !slices.Contains(rule.of, d.Kind):
			return fmt.Errorf("%s= has no meaning with policy=%s", rule.word, kind)
		case needed && !d.given[rule.word]:
			return fmt.Errorf("policy=%s needs %s=", kind, rule.word)
		}
	}
	if d.given["colos"] && d.given["not"] {
		return fmt.Errorf("colos= and not= exclude each other")
	}
	return nil
}

// settle makes what a choice needs.
func (d *drafting) settle() {
	all := len(d.network.colos)
	use := func(list []ColoIndex) {
		d.uses = make([]bool, all)
		for _, c := range list {
			d.uses[c] = true
		}
	}
	switch {
	case d.given["order"]:
		use(d.listed)
		d.rank = make([]uint16, all)
		for i, c := range d.listed {
			d.rank[c] = uint16(i)
		}
	case d.given["colos"]:
		use(d.only)
	case d.given["not"]:
		use(d.without)
		for c := range d.uses {
			d.uses[c] = !d.uses[c]
		}
	case d.given["weight"]:
		d.uses = make([]bool, all)
		for c := range d.shares {
			d.uses[c] = true
		}
	}
	if d.Kind != PolicyWeighted && d.Kind != PolicySpread {
		return
	}
	d.weight, d.salt = make([]float64, all), make([]uint64, all)
	for c := range d.network.colos {
		d.weight[c] = 1
		if d.shares != nil {
			d.weight[c] = d.shares[ColoIndex(c)]
		}
		sum := sha256.Sum256([]byte(d.network.colos[c].Name))
		d.salt[c] = binary.BigEndian.Uint64(sum[:])
	}
}
