package peer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Resource is what a zone file of gdnsd calls its steered answer.
const Resource = "geoip!www"

func gdnsd(s *Site) ([]string, error) {
	for _, sub := range []string{"run", "state", "zones"} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	for _, origin := range s.Origins { // it wants files that are named like their zones
		if err := os.Symlink(filepath.Join(s.Zones, origin+".zone"), filepath.Join(s.dir, "zones", origin)); err != nil {
			return nil, err
		}
	}
	steer := ""
	if s.Steer != nil {
		steer = s.Steer.gdnsd()
	}
	_, err := s.write("config", fmt.Sprintf("options => { listen => [%s], udp_threads => 1, tcp_threads => 1, run_dir => %s/run, state_dir => %s/state }",
		s.listen, s.dir, s.dir), steer)
	return []string{"-c", s.dir, "start"}, err
}

// gdnsd is its geoip plugin with the colos as data centers, all of them up.
func (s *Steer) gdnsd() string {
	var names, coords, addresses []string
	for _, c := range s.Colos {
		names = append(names, c.Name)
		coords = append(coords, fmt.Sprintf("%s => [%g, %g]", c.Name, c.Lat, c.Lon))
		addresses = append(addresses, fmt.Sprintf("%s => %s", c.Name, c.Address))
	}
	database := ""
	if s.Database != "" {
		database = fmt.Sprintf("geoip2_db => %s, auto_dc_coords => { %s }, auto_dc_limit => 0,", s.Database, strings.Join(coords, ", "))
	}
	return fmt.Sprintf(`plugins => { geoip => {
  maps => { earth => { datacenters => [%s], %s } },
  resources => { www => { map => earth, service_types => up, dcmap => { %s } } }
} }`, strings.Join(names, ", "), database, strings.Join(addresses, ", "))
}
