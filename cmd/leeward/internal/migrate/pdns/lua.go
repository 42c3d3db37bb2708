package pdns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/master"
	"leeward/steering"
)

// scripted takes a LUA record over: LUA TYPE "SCRIPT". What cannot be is noted.
func scripted(site *migrate.Site, z *migrate.Zone, r master.Record, ttl uint32) error {
	if len(r.Data) < 2 {
		return r.At.Errorf(`%s LUA: TYPE "SCRIPT" is wanted`, r.Owner)
	}
	of := strings.ToUpper(r.Data[0].Text())
	var code strings.Builder
	for _, word := range r.Data[1:] {
		code.WriteString(word.Text())
	}
	was := fmt.Sprintf("LUA %s %q", of, strings.Join(strings.Fields(code.String()), " "))
	c := carrier{site: site, at: r.At, owner: z.Relative(r.Owner), was: was, what: z.Relative(r.Owner) + ": " + was, is4: of == "A"}
	s, err := parse(code.String())
	if err != nil {
		c.lost(fmt.Sprintf("a script: %v", err))
		return nil
	}
	if of != "A" && of != "AAAA" {
		return c.fixed(z, r, of, s, ttl)
	}
	w, err := c.script(s)
	if err != nil {
		c.lost(err.Error())
		return nil
	}
	w.At, w.Was, w.TTL = r.At, was, steering.TTL{Max: max(ttl, 1)}
	if err := z.Want(r.Owner, ttl, dns.StringToType[of], w); err != nil {
		c.note("another choice than for the other type", err.Error(), "write its _steer record by hand, if this is the better one")
	}
	return nil
}

// carrier carries one record over.
type carrier struct {
	site  *migrate.Site
	at    migrate.Place
	owner string
	was   string // the record
	what  string // both
	is4   bool
}

// lost notes that nothing of the record is carried over.
func (c carrier) lost(why string) {
	c.site.Lose(c.at, c.what, why, "the name has no records of this type now: write its addresses, and its _steer record")
}

// note notes something of the record.
func (c carrier) note(what, meant, instead string) {
	c.site.Lose(c.at, c.owner+": "+what, meant, instead)
}

// fixed takes over what is no address: the first value that the script names for any client.
func (c carrier) fixed(z *migrate.Zone, r master.Record, of string, s script, ttl uint32) error {
	e := s[len(s)-1]
	value, several := first(e.value)
	if value == "" || e.cond != nil || of != "TXT" && strings.ContainsAny(value, "\n;()\"\\") {
		c.lost("it makes records of type " + of)
		return nil
	}
	r.Type, r.Data = of, []master.Word{{Raw: value}}
	if of == "TXT" {
		r.Data = []master.Word{{Raw: `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`, Quoted: true}}
	} else if !strings.HasSuffix(value, ".") {
		r.Data[0].Raw += "." // names in scripts are absolute
	}
	rr, err := r.RR(ttl)
	if err != nil {
		c.lost("it makes records of type " + of)
		return nil
	}
	if several || len(s) > 1 {
		c.site.Lose(c.at, c.what, "it makes records of type "+of, "the name always has "+value+" now; steer the addresses at its end instead")
	}
	z.Record(rr, " "+c.was, r.At)
	return nil
}

// first is the first string in an expression, and whether there are several.
func first(e *expr) (value string, several bool) {
	switch {
	case e.kind == text:
		return e.text, false
	case e.call && slices.Contains([]string{"pickrandom", "pickhashed", "pickwrandom", "pickwhashed", "all"}, e.text) && len(e.args) == 1:
		value, _ = first(e.args[0])
		return value, true
	case e.kind == sign:
		for _, f := range e.fields {
			if v, _ := first(f.value); v != "" {
				return v, len(e.fields) > 1
			}
		}
	}
	return "", false
}

// script is what a script answers with: by the place of the client, or always the same.
func (c carrier) script(s script) (*migrate.Want, error) {
	last := s[len(s)-1]
	if last.cond != nil {
		return nil, fmt.Errorf("clients of no branch get no address, and Leeward gives one to every client")
	}
	w, err := c.value(last.value)
	if err != nil || len(s) == 1 {
		return w, err
	}
	for _, b := range s[:len(s)-1] {
		if err := c.branch(w, b); err != nil {
			return nil, err
		}
	}
	if w.Kind == steering.PolicyNone && len(w.Countries)+len(w.ASNs) > 0 { // there are addresses for some clients beside it
		w.Kind = steering.PolicyAll
	}
	return w, nil
}

// branch adds what clients of some place get.
//
//	country('DE'), country({'DE', 'AT'}), countryCode('DE')    country=
//	asnum(64496), asnum({64496, 64497})                        asn=
//	continent('EU'), continent({'EU'})                         a note
//	any other                                                  not understood
func (c carrier) branch(w *migrate.Want, b branch) error {
	if !b.cond.call || len(b.cond.args) != 1 {
		return fmt.Errorf("a condition is not understood")
	}
	places := strs(b.cond.args[0])
	if len(places) == 0 {
		return fmt.Errorf("a condition of %s is not understood", b.cond.text)
	}
	aside, err := c.value(b.value)
	if err != nil {
		return err
	}
	var rules *[]migrate.Rule
	switch b.cond.text {
	case "country", "countryCode":
		rules = &w.Countries
	case "asnum":
		rules = &w.ASNs
	case "continent", "continentCode":
		c.note("continent "+strings.Join(places, ", "), "clients of it get addresses of their own",
			"what stands under else holds for them; policy=nearest does much the same, or name the countries in country=")
		return nil
	default:
		return fmt.Errorf("a condition of %s is not understood", b.cond.text)
	}
	rule := migrate.Rule{}
	for _, g := range aside.Groups {
		g.Aside = true
		rule.Groups = append(rule.Groups, len(w.Groups))
		w.Groups = append(w.Groups, g)
	}
	for _, rule.Of = range places {
		rule.Of = strings.ToUpper(rule.Of)
		*rules = append(*rules, rule)
	}
	return nil
}

// strs are the strings and numbers of an expression: one, or a table of them.
func strs(e *expr) (all []string) {
	if e.kind == text || e.kind == number {
		return []string{e.text}
	}
	for _, f := range e.fields {
		if f.value.kind != text && f.value.kind != number || f.key != "" {
			return nil
		}
		all = append(all, f.value.text)
	}
	return all
}
