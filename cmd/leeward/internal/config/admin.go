package config

import (
	"io/fs"
	"net/netip"
)

// Admin is where the admin API listens, and who may do what.
type Admin struct {
	Listen      netip.AddrPort // the zero value: off
	Socket      string         // path of a Unix socket; "": off
	SocketMode  fs.FileMode    `mapstructure:"socket_mode"`
	SocketGroup string         `mapstructure:"socket_group"` // "": the process's
	Anonymous   Anonymous      // as configured, or as follows from the rest
	Tokens      []Token
	TLS         *AdminTLS // nil: none
}

// Anonymous is what those may do who show nothing, on an address.
type Anonymous string

// The choices for those who show nothing.
const (
	AnonymousRead Anonymous = "read"
	AnonymousNone Anonymous = "none"
)

// Token is a bearer token, known by its hash.
type Token struct {
	Name, Role string
	SHA256     [32]byte
}

// AdminTLS are the files of TLS, and who may come with a certificate.
type AdminTLS struct {
	Certificate, Key string
	ClientCA         string `mapstructure:"client_ca"` // "": no certificates of clients
	Clients          []Certified
}

// Certified is a name in certificates of clients.
type Certified struct{ Name, Role string }
