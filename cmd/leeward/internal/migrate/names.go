package migrate

import (
	"strings"

	"github.com/miekg/dns"
)

// IsName says whether a text is a domain name that can stand in a zone as it is: without blanks, and without characters that
// have a meaning there.
func IsName(text string) bool {
	if _, ok := dns.IsDomainName(text); !ok {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"();\\@$", r) }) < 0
}
