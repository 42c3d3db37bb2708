package peer

import (
	"fmt"
	"strings"
)

// Leeward is the program at a path.
func Leeward(path string) *Program {
	return &Program{Name: "leeward", Path: path, Asks: []string{"version"}, Configure: leeward}
}

func leeward(s *Site) ([]string, error) {
	steer := ""
	if s.Steer != nil {
		steer = s.Steer.leeward()
	}
	file, err := s.write("leeward.yaml", "node: {name: bench}",
		fmt.Sprintf("dns: {listen: [%q]}", s.listen),
		fmt.Sprintf("zones: {directory: %q}", s.Zones),
		`admin: {listen: "", socket: ""}`, `state: {directory: ""}`, "log: {level: warn}", steer, s.Extra)
	return []string{"serve", "--config", file}, err
}

// leeward is a network in which every colo has one uplink of one upstream, and its one address is probed too.
func (s *Steer) leeward() string {
	var b strings.Builder
	if s.Database != "" {
		fmt.Fprintf(&b, "steering: {geo: {database: %q}}\n", s.Database)
	}
	b.WriteString("colos:\n")
	for _, c := range s.Colos {
		prefix, _ := c.Address.Prefix(24)
		fmt.Fprintf(&b, " - {name: %s, location: {lat: %g, lon: %g}, uplinks: [{upstreams: [via-%s], prefixes: [%s], probe: [%s]}]}\n",
			c.Name, c.Lat, c.Lon, c.Name, prefix, c.Address)
	}
	return b.String()
}
