// Package config reads Leeward's configuration: a file, the environment and flags, merged by viper and given as plain
// typed values. It owns the table of keys, their defaults and what each may hold, and it is the only user of viper.
//
// It refuses whatever it does not understand: an unknown key, a key given twice, text where a number is wanted, a
// number where a duration is wanted. All errors of a configuration are found in one reading. It opens the
// configuration and the gossip key, and nothing else: whether zones exist is for those who load them.
package config

import (
	"log/slog"
	"net/netip"
	"time"

	"leeward/steering"
)

// Config is a whole configuration, checked. Its paths are absolute, or relative to where the program runs if the name
// of the configuration file is.
type Config struct {
	Node       Node
	DNS        DNS
	Zones      Zones
	Cluster    *Cluster // nil: no gossip
	Steering   Steering
	Colos      []steering.Colo
	Check      steering.Check
	Checks     []NamedCheck
	Admin      Admin
	Incidents  Incidents
	State      State
	Log        Log
	Dnstap     Dnstap
	StatusPage StatusPage `mapstructure:"status_page"`
	Process    Process

	Network  *steering.Network `mapstructure:"-"` // of Colos and Check; without colos it is empty, never nil
	Warnings []string          `mapstructure:"-"` // sentences for the operator, with file and line
}

// NamedCheck is a check that policies refer to by its name.
type NamedCheck struct {
	Name  string         `mapstructure:"check"`
	Check steering.Check `mapstructure:",squash"`
}

// Node says who this node is.
type Node struct {
	Name string // unique in the cluster
	Colo string // the colo it stands in; "": an observer without an inside view
}

// DNS is what the DNS server listens on and says of itself.
type DNS struct {
	Listen  []netip.AddrPort // UDP and TCP; port 0 is any free port
	NSID    string           // "" refuses
	Version string           // "" refuses
	UDPSize uint16           `mapstructure:"udp_size"` // octets, 512 to 4096
	Proxy   []netip.Prefix   // who stands before the server and tells the client's address by the PROXY protocol
	UDP     UDP
	TCP     TCP
}

// UDP is how the DNS server uses its UDP sockets.
type UDP struct {
	Sockets       int // for each address; 0: one for each processor
	Batch         int // queries taken from a socket at a time, at the most
	ReceiveBuffer int `mapstructure:"receive_buffer"` // octets; 0: 1 MiB, or what the system allows
}

// TCP bounds the connections of the DNS server.
type TCP struct {
	Idle        time.Duration
	Connections int
}

// Zones says where zones are: in files, at their primaries or at other nodes. At least one of Directory, Files, Secondary
// and Follow is given.
type Zones struct {
	Directory string
	Files     []ZoneFile
	Serial    Serial
	Follow    []string // names of nodes
	Secondary []Secondary
	Transfer  []Transfer
	Update    []Update
	Notify    []Notify
	Catalog   string // the catalog zone made of the zones in files; "": none
	Keys      []TSIGKey
	Verify    Verify
}

// ZoneFile is a zone whose file is named in the configuration.
type ZoneFile struct {
	Origin string // absolute, in lower case
	File   string
}

// Secondary is a zone that is got from primaries.
type Secondary struct {
	Origin    string // absolute, in lower case, as are all names here
	Primaries []netip.AddrPort
	Key       string // of Keys; "": none
	Catalog   bool   // it lists zones that are to be got in the same way (RFC 9432)
}

// Transfer says who may transfer zones: whoever fits all that is given.
type Transfer struct {
	Zones    []string       // none: all
	Prefixes []netip.Prefix // none: any address
	Key      string         // of Keys; "": none
}

// Update says who may set challenges by dynamic updates: whoever fits all that is given.
type Update struct {
	Zones    []string       // none: all
	Prefixes []netip.Prefix // none: any address
	Key      string         // of Keys
}

// Notify says who is told of a new version.
type Notify struct {
	Zones     []string // none: all
	Addresses []netip.AddrPort
	Key       string // of Keys; "": none
}

// TSIGKey is a key that messages are signed with (RFC 8945).
type TSIGKey struct {
	Name       string
	Algorithm  string // hmac-sha256, hmac-sha384 or hmac-sha512
	Secret     Secret // as given, or read from SecretFile
	SecretFile string `mapstructure:"secret_file"`
}

// Verify is a command that a changed zone has to pass before it is served.
type Verify struct {
	Command []string // with its arguments; none: no command
	Timeout time.Duration
}

// Serial says with which serial an edit is served that has no new one.
type Serial string

// The serial policies of the configuration.
const (
	SerialKeep      Serial = "keep"
	SerialIncrement Serial = "increment"
	SerialUnixtime  Serial = "unixtime"
)

// Cluster is how nodes find and trust each other.
type Cluster struct {
	Listen    netip.AddrPort
	Advertise []netip.AddrPort // none: as listening; port 0: the port listened on
	Join      []string         // host:port, an IPv6 address in brackets
	KeyFile   string           `mapstructure:"key_file"`
	Key       Secret           `mapstructure:"-"` // read from KeyFile; nil without one
	NextKey   Secret           `mapstructure:"-"` // read from NextKeyFile; nil without one
	Allow     []netip.Prefix   // of other nodes; empty: any
}

// Steering is how answers are chosen and bounded.
type Steering struct {
	TTL       steering.TTL
	Ramp      time.Duration // 0: off
	Stale     time.Duration
	Hold      time.Duration // 0: off
	Preempt   bool
	Witnesses []Witness
	Geo       Geo
}

// Witness is an address outside the network that is reached through an upstream.
type Witness struct {
	Upstream string
	Address  netip.AddrPort // TCP
}

// Geo says where clients are.
type Geo struct {
	Database string            // a file; "": the embedded map of countries
	ASN      string            // a file; "": none
	Nets     string            // a file; "": none
	Latency  string            // a file; "": none
	Default  steering.Location // of clients at unknown places: as configured, else the first colo's
}

// State is what is kept between runs.
type State struct {
	Directory string // "": nothing is kept
}

// Log is how the program logs.
type Log struct {
	Level   slog.Level
	Format  string // text or json
	Queries LogQueries
}

// LogQueries says which queries are logged.
type LogQueries struct {
	Sample int    // one in so many; 0: none
	Most   int    // a second
	Client string // how much of the client is logged: scope, whole
}

// StatusPage is what the public is told, and where.
type StatusPage struct {
	Listen    netip.AddrPort // the zero value: off
	URL       string         // where it is found from outside; it ends in a slash
	Title     string
	Upstreams bool // are told by name
	Colos     bool // are told by name
	Reasons   bool // of drains are told
}

// Dnstap says who is told of queries and responses.
type Dnstap struct {
	To        Destination // the zero value: nobody
	Queries   bool
	Responses bool
	Sample    int // one in so many
	Identity  string
	Version   string
	Buffer    int // octets
}

// Process is the life of the process.
type Process struct {
	Grace time.Duration // from SIGTERM to the end
	User  string        // who root becomes; "": nobody else
	Named bool          `mapstructure:"-"` // that user is not the default
	Hooks Hooks
}

// Hooks are programs with their arguments, which are run when a node becomes ready, and when it is no longer; none: nothing
// is run.
type Hooks struct {
	Ready   []string
	Unready []string
	Timeout time.Duration
}
