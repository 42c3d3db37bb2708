package query

import (
	"encoding/binary"
	"fmt"

	"github.com/miekg/dns"
)

// HeaderSize is that of a message's header: nothing shorter is a response.
const HeaderSize = 12

// Right says whether a response, of at least HeaderSize octets, is what the query must get. It looks at the header
// alone, for it is asked for every response of a measurement.
func (q *Query) Right(response []byte) bool {
	const qr, tc = 0x80, 0x02
	return response[2]&(qr|tc) == qr && response[3]&0x0f == q.Rcode && binary.BigEndian.Uint16(response[6:]) == q.Answers &&
		binary.BigEndian.Uint16(response[8:]) >= q.Least
}

// Describe says what a response is, for those that are not right.
func Describe(response []byte) string {
	what := fmt.Sprintf("%s with %d answers", dns.RcodeToString[int(response[3]&0x0f)], binary.BigEndian.Uint16(response[6:]))
	if response[2]&0x02 != 0 {
		what += ", truncated"
	}
	return what
}
