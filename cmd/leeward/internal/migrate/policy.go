package migrate

import (
	"fmt"
	"slices"
	"strings"

	"leeward/steering"
)

// word is a word that a policy may go without, with what is lost then and what to do.
type word struct{ text, meant, instead string }

// policy is the text of what a name wants, "" when it wants nothing that its addresses do not say. What a policy does not
// take is left out and noted.
func (s *Site) policy(name string, w *Want, m making) string {
	base, ok := s.base(w, m.network)
	if !ok {
		return ""
	}
	text := "v=steer1; " + strings.Join(base, "; ")
	if _, err := steering.ParsePolicy(text, m.net); err != nil {
		s.Lose(w.At, name+": "+w.Was, fmt.Sprintf("%s, which is refused: %v", text, err), "write its _steer record by hand")
		return ""
	}
	for _, more := range extras(w, m) {
		taken, refused := tried(text, more, m.net)
		text = taken
		if refused != "" {
			s.Lose(w.At, name+": "+refused, more.meant, more.instead)
		}
	}
	return text
}

// tried adds a word to a policy, of a list as many items as the policy takes, and says what it does not take.
func tried(text string, more word, net *steering.Network) (taken, refused string) {
	key, list, _ := strings.Cut(more.text, "=")
	var good, bad []string
	for item := range strings.SplitSeq(list, ",") {
		longer := append(slices.Clone(good), item)
		if _, err := steering.ParsePolicy(text+"; "+key+"="+strings.Join(longer, ","), net); err != nil {
			bad = append(bad, item)
		} else {
			good = longer
		}
	}
	if len(good) > 0 {
		text += "; " + key + "=" + strings.Join(good, ",")
	}
	if len(bad) > 0 {
		refused = key + "=" + strings.Join(bad, ",")
	}
	return text, refused
}

// extras is the table of words that a policy may have beside those that say which colos.
func extras(w *Want, m making) (words []word) {
	n := m.network
	if w.Count > 0 && !n.alone(w) {
		words = append(words, word{fmt.Sprintf("count=%d", w.Count), fmt.Sprintf("an answer has at most %d of the addresses", w.Count),
			"an answer has all addresses of the colo that is chosen; put addresses that are not to be given together into colos of their own"})
	}
	if list := rules(w, w.Countries, "", n); list != "" {
		words = append(words, word{"country=" + list, "clients of these countries get these colos",
			"the rest of the policy holds for them; the nets file (steering.geo.nets) orders colos by the clients' prefixes, with policy=nearest"})
	}
	if list := rules(w, w.ASNs, "AS", n); list != "" {
		words = append(words, word{"asn=" + list, "clients of these autonomous systems get these colos",
			"the rest of the policy holds for them; the nets file (steering.geo.nets) orders colos by the clients' prefixes, with policy=nearest"})
	}
	if w.Check != nil && m.other.word(w.Check) != "" {
		words = append(words, word{"check=" + m.other.word(w.Check),
			fmt.Sprintf("its addresses are probed otherwise: %s", describe(w.Check.Check)),
			fmt.Sprintf("one check probes all addresses, here %s: see that they answer it", describe(m.check.Check))})
	}
	return words
}

// alone says whether the policy names one colo at a time, and each has at most as many addresses as an answer is to have.
func (n *network) alone(w *Want) bool {
	type part struct {
		colo int
		is4  bool
	}
	count := map[part]int{}
	for _, a := range w.addrs() {
		count[part{n.of[a], a.Is4()}]++
	}
	for _, c := range count {
		if c > w.Count {
			return false
		}
	}
	return w.Kind == steering.PolicyFailover
}

// rules are rules as they stand in a policy: "DE:ams+lhr,US:iad", or behind a prefix "AS64496:iad".
func rules(w *Want, list []Rule, prefix string, n *network) string {
	var parts []string
	at := map[string]int{}
	for _, r := range list {
		var colos []string
		for _, g := range r.Groups {
			colos = append(colos, n.names(w.Groups[g])...)
		}
		if before, twice := at[r.Of]; twice { // of the other family
			parts[before] += "+" + strings.Join(colos, "+")
			continue
		}
		at[r.Of] = len(parts)
		parts = append(parts, prefix+r.Of+":"+strings.Join(compact(colos), "+"))
	}
	return strings.Join(parts, ",")
}

// compact drops what stands there a second time.
func compact(words []string) (once []string) {
	for _, word := range words {
		if !slices.Contains(once, word) {
			once = append(once, word)
		}
	}
	return once
}

// base is the words that every Leeward knows. It is not ok when they would say nothing: when at most one colo is left to
// choose, or addresses are given as they are.
//
//	kind               words
//	none               none: see shield
//	nearest            policy=nearest; with groups aside, colos= of the others
//	spread, all        likewise; all with rules, of one colo for each family: nearest, because pins have no meaning with all
//	failover           policy=failover; order=
//	weighted           policy=weighted; weight=; spread, if no group has a weight
func (s *Site) base(w *Want, n *network) (words []string, ok bool) {
	if w.Kind == steering.PolicyNone {
		return nil, false
	}
	var colos, aside []string
	for _, g := range w.Groups {
		names := n.names(g)
		if g.Aside {
			aside = append(aside, names...)
			continue
		}
		colos = append(colos, names...)
	}
	colos, aside = compact(colos), compact(aside)
	if s.together(w, n, colos); len(colos) < 2 && len(aside) == 0 || len(colos) == 0 {
		return nil, false
	}
	kind, weights := w.Kind, n.weights(w)
	switch {
	case kind == steering.PolicyWeighted && !slices.ContainsFunc(colos, func(c string) bool { return weights[c] > 0 }):
		kind = steering.PolicySpread
	case kind == steering.PolicyAll && len(w.Countries)+len(w.ASNs) > 0 && n.single(w):
		kind = steering.PolicyNearest
	}
	words = []string{"policy=" + kind.String()}
	switch {
	case kind == steering.PolicyFailover:
		words = append(words, "order="+strings.Join(colos, ","))
	case kind == steering.PolicyWeighted:
		words = append(words, "weight="+shares(colos, weights))
	case len(aside) > 0:
		words = append(words, "colos="+strings.Join(colos, ","))
	}
	if w.TTL.Max > 0 {
		words = append(words, ttl(w.TTL))
	}
	return words, true
}

func ttl(t steering.TTL) string {
	if t.Min == 0 {
		return fmt.Sprintf("ttl=%d", t.Max)
	}
	return fmt.Sprintf("ttl=%d/%d", t.Max, min(t.Min, t.Max))
}
