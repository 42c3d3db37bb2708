package peer

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// Site is what a server is to serve, and where.
type Site struct {
	Zones   string   // directory of zone files NAME.zone
	Origins []string // their names, without the last dot
	Steer   *Steer   // nil: answers as written

	dir    string // the server's own
	listen netip.AddrPort
}

// Steer is what steered answers are made from.
type Steer struct {
	Colos    []Colo
	Database string // path of a MaxMind DB; "" is none
	Port     uint16 // of the check, by TCP
	Check    string // more of it, in the words of Leeward: ", interval: 100ms"
}

// Colo is a place, with the one address that is given for it.
type Colo struct {
	Name     string
	Lat, Lon float64
	Address  netip.Addr
}

// Ask is a question that a server answers once it serves.
type Ask struct {
	Name  string
	Qtype uint16
}

// Program is a name server.
type Program struct {
	Name      string
	Path      string   // "" of a program that is not installed
	Asks      []string // arguments that make it tell its version
	Configure func(s *Site) (args []string, err error)
}

// write writes a file of the server's own directory, and gives its path.
func (s *Site) write(name string, lines ...string) (string, error) {
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// each is one line for every zone. The format takes the name and the file.
func (s *Site) each(format string) string {
	var b strings.Builder
	for _, origin := range s.Origins {
		fmt.Fprintf(&b, format+"\n", origin, filepath.Join(s.Zones, origin+".zone"))
	}
	return b.String()
}
