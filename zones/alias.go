package zones

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// TypeALIAS is the type of ALIAS records, with the number and the form that PowerDNS gave them: of the range for private use
// (RFC 6895 section 3.1), its rdata a name. Who asks for the A or AAAA of its owner is given those of that name.
const TypeALIAS = 65401

// MaxChain is how many CNAME, DNAME and ALIAS records an answer is looked for through: as many as resolvers follow.
const MaxChain = 12

// TypeName is the mnemonic of a type, or TYPE65280 (RFC 3597 section 5) for one that has none.
func TypeName(t uint16) string {
	if t == TypeALIAS {
		return "ALIAS"
	}
	return dns.Type(t).String()
}

// ParseType is the type of a mnemonic in upper case, or of TYPE65280; ok is false for what is neither.
func ParseType(s string) (t uint16, ok bool) {
	if t, ok := dns.StringToType[s]; ok {
		return t, true
	}
	if s == "ALIAS" {
		return TypeALIAS, true
	}
	digits, ok := strings.CutPrefix(s, "TYPE")
	number, err := strconv.ParseUint(digits, 10, 16)
	return uint16(number), ok && err == nil
}

// forParser is an entry in the form that the parser reads. It does not know ALIAS: it is given a CNAME, whose rdata is alike,
// and alias says what it is.
func forParser(entry []byte) (readable []byte, alias bool) {
	entry = spread(entry)
	from, to := typeWord(entry)
	if !bytes.EqualFold(entry[from:to], []byte("ALIAS")) {
		return entry, false
	}
	return append(append(entry[:from:from], "CNAME"...), entry[to:]...), true
}

// typeWord is where in an entry of a record the type stands: behind the owner, if there is one, and TTL and class.
func typeWord(entry []byte) (from, to int) {
	if len(entry) > 0 && !isBlank(entry[0]) {
		_, to = nextWord(entry, 0)
	}
	for {
		from, to = nextWord(entry, to)
		if word := entry[from:to]; len(word) == 0 || !isTTL(word) && !isClass(word) {
			return from, to
		}
	}
}

func isTTL(word []byte) bool { return '0' <= word[0] && word[0] <= '9' }

func isClass(word []byte) bool {
	for _, class := range [...]string{"IN", "CH", "HS", "CS", "NONE", "ANY"} {
		if len(word) == len(class) && bytes.EqualFold(word, []byte(class)) {
			return true
		}
	}
	return len(word) > 5 && bytes.EqualFold(word[:5], []byte("CLASS"))
}

// AliasEnd follows an ALIAS of the zone as far as this zone can tell. Beyond is the name for which another zone has to be
// asked, "" for none; fault is why there will never be an address, "" where that is not known.
//
//	its target, and so on from ALIAS to CNAME, is     end
//	outside of the zone, or at or below a cut         beyond
//	below a DNAME                                     not known
//	a name with A or AAAA                             well
//	a name without                                    fault: it has no address
//	no name of the zone                               fault: it does not exist
//	more than MaxChain away                           fault: a circle, most likely
func (z *Zone) AliasEnd(alias *RRset) (beyond Name, fault string) {
	for range MaxChain {
		target := Name(lowered(alias.RData(0)))
		if !target.within(z.origin) {
			return target, ""
		}
		switch found := z.Lookup([]byte(target), dns.TypeA); found.Kind {
		case Alias, CNAME:
			alias = found.Set
		case Referral:
			return target, ""
		case NXDomain:
			return "", fmt.Sprintf("leads to %s, which does not exist", target.relative(z.origin))
		case NoData:
			if z.Lookup([]byte(target), dns.TypeAAAA).Kind == NoData {
				return "", fmt.Sprintf("leads to %s, which has no address", target.relative(z.origin))
			}
			return "", ""
		default:
			return "", ""
		}
	}
	return "", "leads in a circle, or through more names than are followed"
}

// aliases refuses an ALIAS in a zone that is signed in its file: no signature there covers the addresses that it is answered
// with, and the proofs of the zone say that its owner has none.
func (r *reading) aliases(t *text) error {
	if !t.signed {
		return nil
	}
	for _, s := range t.sets {
		if s.Type == TypeALIAS {
			return r.named(&fault{r.placeOf(s), s.Owner.relative(r.origin),
				"ALIAS in a signed zone: no signature covers the addresses that it is answered with"})
		}
	}
	return nil
}
