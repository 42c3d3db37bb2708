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
		`admin: {listen: "", socket: ""}`, `state: {directory: ""}`, "log: {level: warn}", `process: {grace: 0s, user: ""}`, steer)
	return []string{"serve", "--config", file}, err
}

// leeward is a network in which every colo has one uplink of one upstream, and its one address is probed too.
func (s *Steer) leeward() string {
	var b strings.Builder
	// What colos have gone through is forgotten at once: they may fall and rise all the time.
	fmt.Fprintf(&b, "steering: {ramp: 0s, hold: 0s, geo: {database: %q}}\n", s.Database)
	fmt.Fprintf(&b, "check: {type: tcp, port: %d%s}\ncolos:\n", s.Port, s.Check)
	for _, c := range s.Colos {
		prefix, _ := c.Address.Prefix(24)
		fmt.Fprintf(&b, " - {name: %s, location: {lat: %g, lon: %g}, uplinks: [{upstreams: [via-%s], prefixes: [%s], probe: [%s]}]}\n",
			c.Name, c.Lat, c.Lon, c.Name, prefix, c.Address)
	}
	return b.String()
}
