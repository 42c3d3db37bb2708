package peer

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// Names are those of the peers, in the order of tables.
func Names() []string { return []string{"nsd", "knot", "gdnsd", "bind", "pdns"} }

// Find is a peer by its name, which is one of Names.
func Find(name string) *Program {
	all := map[string]Program{
		"nsd":   {Name: "nsd", Path: "nsd", Asks: []string{"-v"}, Configure: nsd},
		"knot":  {Name: "knot", Path: "knotd", Asks: []string{"--version"}, Configure: knot},
		"gdnsd": {Name: "gdnsd", Path: "gdnsd", Asks: []string{"--version"}, Configure: gdnsd},
		"bind":  {Name: "bind", Path: "named", Asks: []string{"-v"}, Configure: bind},
		"pdns":  {Name: "pdns", Path: "pdns_server", Asks: []string{"--version"}, Configure: pdns},
	}
	p := all[name]
	p.Path = look(p.Path)
	return &p
}

// look finds a program. Those of servers often lie where only the superuser looks.
func look(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

var number = regexp.MustCompile(`\d+\.\d+\.\d+\S*`)

// Version is the number that the program tells as its version, "unknown" if none can be found.
func (p *Program) Version() string {
	out, _ := exec.Command(p.Path, p.Asks...).CombinedOutput() // some call it a failure to be asked
	return cmp.Or(number.FindString(string(out)), "unknown")
}

func nsd(s *Site) ([]string, error) {
	file, err := s.write("nsd.conf", "server:",
		" server-count: 1", ` database: ""`, ` username: ""`, " rrl-ratelimit: 0", " minimal-responses: yes",
		fmt.Sprintf(" ip-address: %s@%d", s.listen.Addr(), s.listen.Port()),
		fmt.Sprintf(` zonesdir: "%s"`, s.Zones),
		fmt.Sprintf(` pidfile: "%s/pid"`, s.dir), fmt.Sprintf(` xfrdfile: "%s/xfrd"`, s.dir),
		fmt.Sprintf(` zonelistfile: "%s/list"`, s.dir), fmt.Sprintf(` xfrdir: "%s"`, s.dir),
		"remote-control:", " control-enable: no",
		s.each("zone:\n name: %q\n zonefile: %q"))
	return []string{"-d", "-c", file}, err
}

func knot(s *Site) ([]string, error) {
	user := ""
	if os.Geteuid() == 0 {
		user = " user: root:root"
	}
	file, err := s.write("knot.conf", "server:", user,
		fmt.Sprintf(" rundir: %s", s.dir), fmt.Sprintf(" listen: %s@%d", s.listen.Addr(), s.listen.Port()),
		" udp-workers: 1", " tcp-workers: 1", " background-workers: 1",
		"database:", " storage: "+s.dir,
		"log:", " - target: stderr", "   any: error",
		"zone:", s.each(" - domain: %s\n   file: %q"))
	return []string{"-c", file}, err
}

func bind(s *Site) ([]string, error) {
	// A root of its own keeps named from asking anyone for the real one.
	hint, err := s.write("hint", ". 3600 NS a.fake.", "a.fake. 3600 A 127.0.0.99")
	if err != nil {
		return nil, err
	}
	file, err := s.write("named.conf", fmt.Sprintf(`options { directory "%s"; pid-file "%s/pid"; session-keyfile "%s/key";`, s.dir, s.dir, s.dir),
		fmt.Sprintf("listen-on port %d { %s; }; listen-on-v6 { none; };", s.listen.Port(), s.listen.Addr()),
		"recursion no; dnssec-validation no; empty-zones-enable no; notify no; minimal-responses no-auth; };",
		fmt.Sprintf("controls {};\nzone \".\" { type hint; file %q; };", hint),
		s.each("zone %q { type primary; file %q; };"))
	return []string{"-n", "1", "-g", "-c", file}, err
}

func pdns(s *Site) ([]string, error) {
	zones, err := s.write("zones.conf", s.each("zone %q { type master; file %q; };"))
	if err != nil {
		return nil, err
	}
	_, err = s.write("pdns.conf", "launch=bind", "bind-config="+zones, "receiver-threads=1", "distributor-threads=1",
		fmt.Sprintf("local-address=%s\nlocal-port=%d\nsocket-dir=%s", s.listen.Addr(), s.listen.Port(), s.dir))
	return []string{"--config-dir=" + s.dir}, err
}
