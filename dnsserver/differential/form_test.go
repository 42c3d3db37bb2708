package differential

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// form says what is wrong with how a response of ours is made, which no comparison of records shows.
//
//	it cannot be read to its end, and there it ends
//	it is larger than the client takes (RFC 6891 6.2.5)
//	what an alias leads to stands before the alias (RFC 1034 4.3.2)
//	a letter has a case that neither the zones nor the client gave it (RFC 1034 3.1)
func (w *world) form(transport dnsserver.Transport, q query, response []byte) error {
	if len(response) == 0 {
		return nil
	}
	if err := entire(response); err != nil {
		return err
	}
	if limit := room(transport, q.packet); len(response) > limit {
		return fmt.Errorf("%d octets, where there is room for %d", len(response), limit)
	}
	var m dns.Msg
	if err := m.Unpack(response); err != nil {
		return err
	}
	if len(m.Question) == 0 {
		return nil
	}
	for _, rr := range slices.Concat(m.Answer, m.Ns, m.Extra) {
		for _, label := range labels(rr) {
			if !w.names.labels[label] && !slices.Contains(dns.SplitDomainName(m.Question[0].Name), label) {
				return fmt.Errorf("nobody writes %s as in %s", label, rr)
			}
		}
	}
	return inOrder(m.Question[0].Name, m.Answer)
}

// entire says whether a message has the records that its header counts, and nothing else. dns.Msg.Unpack is content with
// fewer records, and with octets after the last.
func entire(msg []byte) (err error) {
	if len(msg) < headerSize {
		return errors.New("less than a header")
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(msg[at:])) }
	at := headerSize
	for range count(questionsAt) {
		if _, at, err = dns.UnpackDomainName(msg, at); err != nil {
			return err
		}
		at += 4
	}
	for range count(answersAt) + count(authorityAt) + count(additionalAt) {
		if at >= len(msg) {
			return errors.New("fewer records than the header says")
		}
		if _, at, err = dns.UnpackRR(msg, at); err != nil {
			return err
		}
	}
	if at != len(msg) {
		return fmt.Errorf("%d octets, and records in %d", len(msg), at)
	}
	return nil
}

// room is how large a response the client takes.
func room(transport dnsserver.Transport, packet []byte) int {
	if transport == dnsserver.TCP {
		return dns.MaxMsgSize
	}
	var m dns.Msg
	switch err := m.Unpack(packet); {
	case err != nil:
		return udpSize // what the client wants can be read, or not
	case m.IsEdns0() == nil:
		return dns.MinMsgSize
	default:
		return int(max(dns.MinMsgSize, min(m.IsEdns0().UDPSize(), udpSize)))
	}
}

// labels are those of the names in a record.
func labels(rr dns.RR) (found []string) {
	found = dns.SplitDomainName(rr.Header().Name)
	for i := 1; i <= dns.NumField(rr); i++ {
		if name := dns.Field(rr, i); strings.HasSuffix(name, ".") && isName(name) {
			found = append(found, dns.SplitDomainName(name)...)
		}
	}
	return found
}

// inOrder says whether every record of an answer is about the qname, or about what a record before it leads to.
func inOrder(qname string, answer []dns.RR) error {
	reached := []string{dns.CanonicalName(qname)}
	for _, rr := range answer {
		owner, t := dns.CanonicalName(rr.Header().Name), rr.Header().Rrtype
		if signature, ok := rr.(*dns.RRSIG); ok {
			t = signature.TypeCovered
		}
		if !slices.ContainsFunc(reached, func(name string) bool {
			return name == owner || t == dns.TypeDNAME && dns.IsSubDomain(owner, name)
		}) {
			return fmt.Errorf("nothing before it leads to %s", rr)
		}
		if alias, ok := rr.(*dns.CNAME); ok {
			reached = append(reached, dns.CanonicalName(alias.Target))
		}
	}
	return nil
}
