package admin

import "cmp"

// Caller is who asks.
type Caller struct {
	Name string // of the token, the certificate's or the system's user; "": not known
	Role Role
	Way  Way
	From string // address, or uid on the socket
}

// Way is how a caller showed who it is.
type Way string

// The ways.
const (
	BySocket Way = "socket" // it may open the socket's file
	ByNobody Way = ""       // it has shown nothing
)

// By is who an order is by: whoever was shown to ask. Only on the socket, where a script may work for a person, the word
// of the request counts.
func (c Caller) By(said string) string {
	if c.Way == BySocket {
		return cmp.Or(said, c.Name)
	}
	return c.Name
}
