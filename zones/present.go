package zones

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// String is the record as a line of a zone file: "www.example.com. 30 IN A 192.0.2.1".
func (r Record) String() string {
	return fmt.Sprintf("%s %d IN %s %s", r.Owner, r.TTL, TypeName(r.Type), r.Data())
}

// common is the same in a form that every name server reads: most do not know ALIAS.
func (r Record) common() string {
	if r.Type == TypeALIAS {
		return fmt.Sprintf("%s %d IN %s %s", r.Owner, r.TTL, dns.Type(r.Type), r.unknown())
	}
	return r.String()
}

// Data is the rdata in the form of a zone file. Where the type has none that can be relied on, it is that of RFC 3597.
func (r Record) Data() string {
	if text, ok := r.plainData(); ok {
		return text
	}
	if text, ok := r.typedData(); ok {
		return text
	}
	return r.unknown()
}

// unknown is the rdata as that of a type that is not known (RFC 3597 section 5).
func (r Record) unknown() string {
	return strings.TrimSpace(fmt.Sprintf(`\# %d %s`, len(r.RData), hex.EncodeToString([]byte(r.RData))))
}

// plainData is the rdata of the types that most records are of.
func (r Record) plainData() (text string, ok bool) {
	rdata := []byte(r.RData)
	switch r.Type {
	case dns.TypeA, dns.TypeAAAA:
		addr, ok := netip.AddrFromSlice(rdata)
		if ok && r.Type == dns.TypeAAAA && addr.Is4In6() { // some readers take the dotted form for an A
			return "", false
		}
		return addr.String(), ok && addr.Is4() == (r.Type == dns.TypeA)
	case dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypePTR, TypeALIAS:
		return Name(rdata).String(), fits(rdata, "n", nil) == nil
	case dns.TypeMX:
		if fits(rdata, "..n", nil) != nil {
			return "", false
		}
		return fmt.Sprintf("%d %s", binary.BigEndian.Uint16(rdata), Name(rdata[2:])), true
	default:
		return "", false
	}
}

// typedData is the rdata as the parser's library writes it, if that reads back as what it was.
func (r Record) typedData() (text string, ok bool) {
	rr, _, err := dns.UnpackRR(r.pack(nil), 0)
	if err != nil {
		return "", false
	}
	text, ok = strings.CutPrefix(rr.String(), rr.Header().String())
	if !ok || strings.ContainsAny(text, "\r\n") {
		return "", false
	}
	again, err := dns.NewRR(". 0 IN " + TypeName(r.Type) + " " + text)
	if err != nil || again == nil {
		return "", false
	}
	packed := make([]byte, 1<<16+maxName+10)
	size, err := dns.PackRR(again, packed, 0, nil, false)
	return text, err == nil && string(packed[min(size, 11):size]) == r.RData
}

// pack writes the record as it is in a message without compression.
func (r *Record) pack(to []byte) []byte {
	to = append(to, r.Owner...)
	to = binary.BigEndian.AppendUint16(to, r.Type)
	to = binary.BigEndian.AppendUint16(to, dns.ClassINET)
	to = binary.BigEndian.AppendUint32(to, r.TTL)
	to = binary.BigEndian.AppendUint16(to, uint16(len(r.RData)))
	return append(to, r.RData...)
}

// WriteTo writes the zone as a zone file (RFC 1035 section 5), one record a line, each in full, with the serial that is
// served. What is steered is written like the rest, and ALIAS as a type that is not known (RFC 3597 section 5).
func (z *Zone) WriteTo(to io.Writer) (int64, error) {
	w := bufio.NewWriter(to)
	written := int64(0)
	for r := range z.All() {
		n, err := fmt.Fprintln(w, r.common())
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, w.Flush()
}
