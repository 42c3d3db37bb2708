package migrate

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"leeward/steering"
)

// configText is the configuration: where zones are, the network and the checks. All else has its default.
func (s *Site) configText(n *network, check *Check, others otherChecks, nets bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by leeward import %s. What is left to do, and what could not be carried over, stands in %s.\n", s.Peer, listFile)
	b.WriteString(s.zonesText())
	if nets {
		fmt.Fprintf(&b, "steering:\n  geo:\n    nets: %s\n", netsFile)
	}
	if len(n.colos) > 0 {
		b.WriteString("colos:\n")
	}
	for i, c := range n.colos {
		from := ""
		switch {
		case n.known[i]:
		case c.Location == (steering.Location{}):
			from = " # not known"
		default:
			from = " # of the country in which its addresses are registered"
		}
		fmt.Fprintf(&b, "  - name: %s\n    location: {lat: %g, lon: %g}%s\n    uplinks:\n", plain(c.Name), c.Location.Lat, c.Location.Lon, from)
		u := c.Uplinks[0]
		fmt.Fprintf(&b, "      - upstreams: [%s]\n        prefixes: [%s]\n", plain(u.Upstreams[0]), joined(u.Prefixes, netip.Prefix.String))
		if len(u.Probe) > 0 {
			fmt.Fprintf(&b, "        probe: [%s]\n", joined(u.Probe, netip.Addr.String))
		}
	}
	if check != nil {
		fmt.Fprintf(&b, "check: # %s\n%s", comment(check.Name), checkText(check.Check, "  "))
	}
	if len(others) > 0 {
		b.WriteString("checks:\n")
	}
	for _, o := range others {
		fmt.Fprintf(&b, "  - check: %s # %s\n%s", plain(o.word), comment(o.Name), checkText(o.Check.Check, "    "))
	}
	return b.String()
}

// zonesText says where the zones are: in the directory those that give a file its name, the others one by one.
func (s *Site) zonesText() string {
	directory, files := "", ""
	for _, z := range s.Zones {
		if file := zoneFile(z.Origin); strings.HasSuffix(file, ".zone") {
			directory = "  directory: " + zonesDir + "\n"
		} else {
			files += fmt.Sprintf("    - {origin: %s, file: %s}\n", plain(z.Origin), plain(zonesDir+"/"+file))
		}
	}
	if files != "" {
		files = "  files:\n" + files
	}
	return "zones:\n" + directory + files
}

// comment is text that may stand behind a # or a semicolon: one line.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || 0x7f <= r && r < 0xa0 || r == '\ufeff' || r == '\ufffd' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// checkText is the keys of a check, a line each behind an indent; what is 0 has its default.
func checkText(c steering.Check, indent string) string {
	var b strings.Builder
	add := func(key, value string, given bool) {
		if given {
			fmt.Fprintf(&b, "%s%s: %s\n", indent, key, value)
		}
	}
	add("type", string(c.Type), true)
	add("port", fmt.Sprint(c.Port), c.Port != 0)
	add("path", strconv.Quote(c.Path), c.Path != "")
	add("host", strconv.Quote(c.Host), c.Host != "")
	add("status", strings.Join(strings.Fields(fmt.Sprint(c.Status)), ", "), len(c.Status) > 0)
	add("verify", "false", c.Type == steering.CheckHTTPS && !c.Verify)
	add("interval", c.Interval.String(), c.Interval != 0)
	add("timeout", c.Timeout.String(), c.Timeout != 0)
	add("fall", fmt.Sprint(c.Fall), c.Fall != 0)
	add("rise", fmt.Sprint(c.Rise), c.Rise != 0)
	return b.String()
}

// describe is a check in a line: "http, port 80, /healthz".
func describe(c steering.Check) string {
	words := []string{string(c.Type)}
	if c.Port != 0 {
		words = append(words, fmt.Sprintf("port %d", c.Port))
	}
	for _, word := range []string{c.Path, c.Host} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// joined are values in a list of YAML; what has a colon is quoted.
func joined[T any](values []T, text func(T) string) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, plain(text(v)))
	}
	return strings.Join(parts, ", ")
}

// plain is a string as YAML has it, quoted where it could be anything else.
func plain(s string) string {
	if isPlain.MatchString(s) && !strings.Contains(" null true false yes no on off y n ", " "+strings.ToLower(s)+" ") {
		return s
	}
	return strconv.Quote(s)
}

var isPlain = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9._/-]*|\d+\.\d+\.\d+\.\d+(/\d+)?)$`)

// zoneFile is the name of a zone's file: NAME.zone, with what a file name cannot hold replaced.
func zoneFile(origin string) string {
	name := strings.TrimSuffix(origin, ".")
	if name == "" {
		return "root"
	}
	if strings.ContainsAny(name, "/\\") || strings.HasPrefix(name, ".") {
		return strings.NewReplacer("/", "-", "\\", "-").Replace(strings.TrimPrefix(name, "."))
	}
	return name + ".zone"
}
