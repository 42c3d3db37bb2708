package lint

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// entry looks at an entry of the file as it is written: for what is read here and not everywhere.
func (c *check) entry(e zones.Entry) {
	say := func(of rule, what string, args ...any) {
		c.add(of, Place{File: e.File, Line: e.Line, What: fmt.Sprintf(what, args...)})
	}
	switch {
	case len(e.Words) == 0:
		say(rule{"byte-order-mark", Error, "no other name server reads a file that begins with it",
			"save the file as UTF-8 without byte order mark"}, "a byte order mark, which an editor has put there")
	case e.Record == nil:
		c.directive(e, say)
	default:
		at := typeAt(e)
		if at < 0 {
			return
		}
		c.plainNames(e, at, say)
		c.longStrings(e, at, say)
	}
}

type sayer func(of rule, what string, args ...any)

func (c *check) directive(e zones.Entry, say sayer) {
	origin := rule{"relative-origin", Error, "Knot and NSD refuse the file",
		"write the name in full, with a dot at its end"}
	switch directive := strings.ToUpper(e.Words[0]); {
	case directive == "$GENERATE":
		say(rule{"generate", Warning, "only BIND and Leeward know it: NSD and Knot refuse the file",
			"write the records out if another server is to read the file; transfers carry them anyway"}, "$GENERATE")
	case directive == "$ORIGIN" && len(e.Words) == 2 && !strings.HasSuffix(e.Words[1], ".") && e.Words[1] != "@":
		say(origin, "$ORIGIN %s is no full name", e.Words[1])
	case directive == "$INCLUDE" && len(e.Words) == 3 && !strings.HasSuffix(e.Words[2], ".") && e.Words[2] != "@":
		say(origin, "$INCLUDE with the origin %s, which is no full name", e.Words[2])
	}
}

// typeAt is the word that is the type of the record, -1 if none is.
func typeAt(e zones.Entry) int {
	from := 1
	if e.Bare {
		from = 0
	}
	name := typeName(e.Record.Header().Rrtype)
	number := fmt.Sprintf("TYPE%d", e.Record.Header().Rrtype)
	for i := from; i < min(len(e.Words), from+3); i++ { // after TTL and class at most
		if word := strings.ToUpper(e.Words[i]); word == name || word == number {
			return i
		}
	}
	return -1
}

// plainNames looks for names with signs that not every server reads.
func (c *check) plainNames(e zones.Entry, at int, say sayer) {
	var names []string
	if !e.Bare && e.Words[0] != "@" {
		names = append(names, e.Words[0])
	}
	rdata := e.Words[at+1:]
	for _, i := range nameWords(e.Record.Header().Rrtype) {
		if i < len(rdata) && rdata[i] != "@" {
			names = append(names, rdata[i])
		}
	}
	for _, name := range names {
		if sign := oddSign(name); sign != 0 {
			say(rule{"odd-sign", Error, "Knot refuses the file; in the mailbox of an SOA, an @ stands where a dot is meant",
				`write \ before the sign if it is meant, or in a mailbox a dot in its place`}, "%q has a bare %q", name, sign)
		}
	}
}

// nameWords are the places of names in the rdata of a type.
func nameWords(t uint16) []int {
	switch t {
	case dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypePTR, dns.TypeNSEC, zones.TypeALIAS:
		return []int{0}
	case dns.TypeSOA, dns.TypeRP:
		return []int{0, 1}
	case dns.TypeMX, dns.TypeAFSDB, dns.TypeKX, dns.TypeSVCB, dns.TypeHTTPS:
		return []int{1}
	case dns.TypeSRV:
		return []int{3}
	default:
		return nil
	}
}

// oddSign is the first sign in a name that Knot does not take without a \ before it, 0 if there is none.
func oddSign(name string) rune {
	escape := false
	for _, c := range name {
		switch {
		case escape:
			escape = false
		case c == '\\':
			escape = true
		case strings.ContainsRune("!#$%&'+,:<=>?@[]^`{|}~", c), c > '~':
			return c
		}
	}
	return 0
}

// longStrings looks for strings that the reader has cut into several.
func (c *check) longStrings(e zones.Entry, at int, say sayer) {
	switch t := e.Record.(type) {
	case *dns.TXT, *dns.SPF:
		for _, word := range e.Words[at+1:] {
			if n := octets(word); n > 255 && e.Words[at+1] != `\#` {
				say(rule{"long-string", Error, "BIND and NSD refuse the file",
					`split it: "first part" "second part" is read as one by those who use it`}, "a string of %d octets, more than 255", n)
			}
		}
	case *dns.HINFO:
		if len(e.Words) != at+3 && e.Words[min(at+1, len(e.Words)-1)] != `\#` {
			say(rule{"hinfo", Error, "BIND, Knot and NSD refuse the file", `write both: HINFO "cpu" "system"`},
				"HINFO with %d strings, where two are wanted (%q)", len(e.Words)-at-1, t.Cpu)
		}
	}
}

// octets is the length of a string whose escapes stand for one octet each.
func octets(word string) int {
	n := 0
	for i := 0; i < len(word); n++ {
		switch {
		case word[i] == '\\' && i+3 < len(word) && word[i+1] >= '0' && word[i+1] <= '9':
			i += 4
		case word[i] == '\\':
			i += 2
		default:
			i++
		}
	}
	return n
}
