package transfer

import (
	"cmp"
	"time"
)

// Limits bound what a primary can cost. What is 0 has the value given here, which is enough for the largest zones there
// are, on slow lines.
type Limits struct {
	Octets  int64         // of one transfer's messages: 8 GiB
	Records int           // of one transfer: 100,000,000
	Answer  time.Duration // until an answer over UDP comes, or a connection stands: 2 s
	Stall   time.Duration // without an octet, in a transfer: 30 s
	Whole   time.Duration // of one transfer: 2 h
}

func (l Limits) filled() Limits {
	return Limits{
		Octets:  cmp.Or(l.Octets, 8<<30),
		Records: cmp.Or(l.Records, 100_000_000),
		Answer:  cmp.Or(l.Answer, 2*time.Second),
		Stall:   cmp.Or(l.Stall, 30*time.Second),
		Whole:   cmp.Or(l.Whole, 2*time.Hour),
	}
}
