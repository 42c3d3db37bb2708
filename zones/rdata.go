package zones

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// shape says how the rdata of a type is made: '.' is an octet, 'n' a name, 's' one or more strings to the end, '*'
// anything to the end. It is "" for a type without names that matter here.
func shape(t uint16) string {
	switch t {
	case dns.TypeA:
		return "...."
	case dns.TypeAAAA:
		return "................"
	case dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypePTR, TypeALIAS,
		dns.TypeMB, dns.TypeMD, dns.TypeMF, dns.TypeMG, dns.TypeMR:
		return "n"
	case dns.TypeSOA:
		return "nn...................."
	case dns.TypeRP, dns.TypeMINFO:
		return "nn"
	case dns.TypeMX, dns.TypeAFSDB, dns.TypeRT, dns.TypeKX:
		return "..n"
	case dns.TypeSRV:
		return "......n"
	case dns.TypeTXT, dns.TypeSPF:
		return "s"
	case dns.TypeRRSIG:
		return "..................n*"
	case dns.TypeNSEC:
		return "n*"
	case dns.TypeSVCB, dns.TypeHTTPS:
		return "..n*"
	default:
		return ""
	}
}

// checkRData refuses rdata that a reader of the answer could not read: the parser lets names of more than 255 octets
// and short rdata in the form of RFC 3597 through.
func checkRData(t uint16, packed []byte, rdata []byte) error {
	want := shape(t)
	if want != "" {
		return fits(rdata, want, nil)
	}
	if _, known := dns.TypeToRR[t]; !known || t == dns.TypeAPL || t == dns.TypeNULL {
		return nil
	}
	if len(rdata) == 0 {
		return fmt.Errorf("no rdata")
	}
	_, end, err := dns.UnpackRR(packed, 0)
	if err != nil || end != len(packed) {
		return fmt.Errorf("rdata that is not as its type wants it")
	}
	if t == dns.TypeNSEC3 || t == dns.TypeNSEC3PARAM {
		return checkHashing(rdata)
	}
	return nil
}

// checkHashing refuses an NSEC3 or NSEC3PARAM that is cut short, which the library lets through, and more work than a
// query should cost.
func checkHashing(rdata []byte) error {
	switch {
	case len(rdata) < 5 || len(rdata) < 5+int(rdata[4]):
		return fmt.Errorf("rdata that ends too early")
	case binary.BigEndian.Uint16(rdata[2:]) > maxIterations:
		return fmt.Errorf("more than %d iterations of its hash, which each negative answer would pay for", maxIterations)
	default:
		return nil
	}
}

// maxIterations bounds the hashing of names for NSEC3: what RFC 5155 section 10.3 allows for the largest keys.
const maxIterations = 2500

// fits holds rdata against its shape, and hands every name in it to visit, which may be nil.
func fits(rdata []byte, shape string, visit func(name []byte)) error {
	for i := range len(shape) {
		switch shape[i] {
		case '*':
			return nil
		case 's':
			return fitsStrings(rdata)
		case 'n':
			size, err := nameSize(rdata)
			if err != nil {
				return err
			}
			if visit != nil {
				visit(rdata[:size])
			}
			rdata = rdata[size:]
		default:
			if len(rdata) == 0 {
				return fmt.Errorf("rdata that ends too early")
			}
			rdata = rdata[1:]
		}
	}
	if len(rdata) > 0 {
		return fmt.Errorf("rdata that is too long")
	}
	return nil
}

func fitsStrings(rdata []byte) error {
	if len(rdata) == 0 {
		return fmt.Errorf("no rdata")
	}
	for len(rdata) > 0 {
		size := 1 + int(rdata[0])
		if size > len(rdata) {
			return fmt.Errorf("a string that ends too early")
		}
		rdata = rdata[size:]
	}
	return nil
}

// nameSize is the size of the name at the start of the bytes.
func nameSize(wire []byte) (int, error) {
	for at := 0; at < len(wire); at += 1 + int(wire[at]) {
		switch {
		case wire[at] > maxLabel:
			return 0, fmt.Errorf("a name that is not in wire form")
		case wire[at] == 0 && at+1 > maxName:
			return 0, fmt.Errorf("a name of %d octets, more than %d", at+1, maxName)
		case wire[at] == 0:
			return at + 1, nil
		}
	}
	return 0, fmt.Errorf("a name that ends too early")
}

// canonical is the rdata with its names in lower case: two records that differ in nothing else are the same one.
func canonical(t uint16, rdata []byte) string {
	if !strings.Contains(shape(t), "n") {
		return string(rdata)
	}
	lower := []byte(string(rdata))
	_ = fits(lower, shape(t), func(name []byte) {
		for i, c := range name {
			if isUpper(c) {
				name[i] = c + 'a' - 'A'
			}
		}
	}) // was checked when it was read
	return string(lower)
}

// sameRData says whether two records differ in nothing but the letter case of their names.
func sameRData(t uint16, a, b []byte) bool {
	switch {
	case len(a) != len(b):
		return false
	case bytes.Equal(a, b):
		return true
	}
	for i := range a {
		if a[i] != b[i] && (a[i]|0x20 != b[i]|0x20 || !isUpper(a[i]&^0x20)) {
			return false
		}
	}
	return canonical(t, a) == canonical(t, b)
}

// eachTarget visits the names that the rdata of an NS, MX, SRV, SVCB or HTTPS RRset leads to, in lower case; of any other there
// are none. The root says "none" and is left out (RFC 7505, RFC 2782), but for SVCB and HTTPS with a priority: there it
// is the owner (RFC 9460 section 2.5.2). The visitor must not change the name.
func eachTarget(s *RRset, visit func(target []byte)) {
	var form string
	switch s.Type {
	case dns.TypeNS, dns.TypeMX, dns.TypeSRV, dns.TypeSVCB, dns.TypeHTTPS:
		form = shape(s.Type)
	default:
		return
	}
	for rdata := range s.All() {
		_ = fits(rdata, form, func(name []byte) {
			switch {
			case len(name) > 1:
				visit(lowered(name))
			case (s.Type == dns.TypeSVCB || s.Type == dns.TypeHTTPS) && rdata[0]|rdata[1] != 0:
				visit([]byte(s.Owner.Lower()))
			}
		}) // was checked when it was read
	}
}
