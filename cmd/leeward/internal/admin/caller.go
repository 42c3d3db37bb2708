package admin

import "cmp"

// Caller is who asks.
type Caller struct {
	Name string // of the token, the certificate's or the system's user; "": not known
	Role Role
	Way  Way
	From string // address; on the socket uid and pid
}

// Way is how a caller showed who it is.
type Way string

// The ways.
const (
	ByNothing     Way = "" // it has shown nothing
	BySocket      Way = "socket"
	ByToken       Way = "token"
	ByCertificate Way = "certificate"
)

// By is who an order is by: whoever was shown to ask. Only on the socket, where a script may work for a person, the word
// of the request counts.
func (c Caller) By(said string) string {
	if c.Way == BySocket {
		return cmp.Or(said, c.Name)
	}
	return c.Name
}

func (c Caller) String() string {
	switch c.Way {
	case ByNothing:
		return "who shows nothing"
	case BySocket:
		return "user " + cmp.Or(c.Name, "unknown")
	}
	return string(c.Way) + " " + c.Name
}
