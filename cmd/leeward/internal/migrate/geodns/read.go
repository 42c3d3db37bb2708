package geodns

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// zone is a zone in the course of being carried over.
type zone struct {
	*migrate.Zone
	site      *migrate.Site
	ttl       int
	maxHosts  int
	closest   bool
	targeting []string // kinds of targets
	labels    map[string]*node
	order     []string
	targeted  map[string][]string // labels of targets, by the name that they are for
	checks    map[string]*migrate.Check
}

// Read reads zone files, and those in directories: NAME.json holds NAME.
func Read(paths []string) (*migrate.Site, error) {
	site := &migrate.Site{Peer: "geodns"}
	files := &migrate.Files{Outside: true} // nothing in a zone names a file
	for _, path := range paths {
		list := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if list, err = filepath.Glob(filepath.Join(path, "*.json")); err != nil || len(list) == 0 {
				return nil, fmt.Errorf("%s: no zone files (NAME.json)", path)
			}
		}
		for _, file := range list {
			text, err := files.Read(file)
			if err != nil {
				return nil, err
			}
			name, ok := strings.CutSuffix(filepath.Base(file), ".json")
			if !ok || name == "" {
				return nil, fmt.Errorf("%s: which zone does it hold? (name the file NAME.json)", file)
			}
			if err := readZone(site, text, file, dns.Fqdn(name)); err != nil {
				return nil, err
			}
		}
	}
	return site, nil
}

// readZone reads a zone.
func readZone(site *migrate.Site, text, file, origin string) error {
	at := migrate.Place{File: file}
	if !migrate.IsName(origin) {
		return at.Errorf("%s is no domain name", origin)
	}
	root, err := parse(text, file)
	if err != nil {
		return err
	}
	z := &zone{Zone: migrate.NewZone(origin, at), site: site, labels: map[string]*node{}, targeted: map[string][]string{},
		checks:    map[string]*migrate.Check{},
		targeting: []string{"country", "continent"}}
	if err := z.options(root); err != nil {
		return err
	}
	data := root.get("data")
	if data == nil || data.kind != isObject {
		return root.at.Errorf(`no "data", which holds the labels`)
	}
	for _, m := range data.members {
		if m.kind != isObject {
			return m.at.Errorf("label %q: an object of record types is wanted", m.key)
		}
		label := strings.ToLower(m.key)
		if z.labels[label] != nil {
			return m.at.Errorf("label %q stands there twice: before in line %d", label, z.labels[label].at.Line)
		}
		z.labels[label], z.order = m.node, append(z.order, label)
	}
	for _, label := range z.order {
		if name, _, targeted := z.split(label); targeted {
			z.targeted[name] = append(z.targeted[name], label)
		}
	}
	site.Zones = append(site.Zones, z.Zone)
	if err := z.soa(root); err != nil {
		return err
	}
	for _, label := range z.order {
		if err := z.label(label); err != nil {
			return err
		}
	}
	return nil
}

// options reads what stands beside data.
func (z *zone) options(root *node) (err error) {
	if root.kind != isObject {
		return root.at.Errorf("an object is wanted")
	}
	known := []string{"serial", "ttl", "max_hosts", "contact", "targeting", "closest", "logging", "data"}
	for _, m := range root.members {
		switch {
		case !slices.Contains(known, m.key):
			return m.at.Errorf("no option %q: is %s meant?", m.key, steering.NearestName(m.key, known))
		case m.key == "logging":
			z.site.Lose(m.at, "logging", "", "see log and admin in docs/configuration.md")
		case m.key == "targeting":
			if z.targeting, err = kinds(m.node); err != nil {
				return err
			}
		case m.key == "closest":
			z.closest = m.scalar == true
		}
	}
	if z.ttl, err = root.get("ttl").number("ttl", 120, 1<<31-1); err == nil {
		z.maxHosts, err = root.get("max_hosts").number("max_hosts", 2, 1<<31-1)
	}
	return err
}

// kinds are the kinds of targets that a zone looks at: "country continent @ regiongroup region asn ip".
func kinds(n *node) ([]string, error) {
	known := []string{"country", "continent", "regiongroup", "region", "asn", "ip", "@"}
	words := strings.Fields(n.text())
	for _, word := range words {
		if !slices.Contains(known, word) {
			return nil, n.at.Errorf("targeting: no target %q: is %s meant?", word, steering.NearestName(word, known))
		}
	}
	return words, nil
}

// soa makes the SOA record as geodns does. Where no serial is given geodns takes the time of the file, and here it is 1.
func (z *zone) soa(root *node) error {
	serial, err := root.get("serial").number("serial", 1, 1<<32-1)
	if err != nil {
		return err
	}
	names, err := z.servers(z.labels[""])
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return root.at.Errorf(`no "ns" at the label "": a zone has name servers`)
	}
	contact := "hostmaster." + z.Origin
	if c := root.get("contact").text(); c != "" {
		contact = dns.Fqdn(c)
	}
	if !migrate.IsName(contact) {
		return root.at.Errorf("contact: %q is no domain name", contact)
	}
	ttl := min(z.ttl*10, 3600)
	if ttl == 0 {
		ttl = 600
	}
	rr := &dns.SOA{Hdr: z.header("", dns.TypeSOA, ttl), Ns: names[0], Mbox: contact, Serial: uint32(serial), Refresh: 5400, Retry: 5400,
		Expire: 1209600, Minttl: 3600}
	z.Record(rr, "", root.at)
	return nil
}

// header is that of a record.
func (z *zone) header(label string, t uint16, ttl int) dns.RR_Header {
	return dns.RR_Header{Name: z.full(label), Rrtype: t, Class: dns.ClassINET, Ttl: uint32(ttl)}
}

// full is a label as a name.
func (z *zone) full(label string) string {
	if label == "" {
		return z.Origin
	}
	return label + "." + z.Origin
}

// servers are the name servers of a label: a name, a list of names, or an object of them.
func (z *zone) servers(n *node) (names []string, err error) {
	ns := n.get("ns")
	if ns == nil {
		return nil, nil
	}
	if ns.kind == isObject {
		for _, m := range ns.members {
			names = append(names, dns.Fqdn(m.key))
		}
	} else {
		for _, item := range ns.list() {
			names = append(names, dns.Fqdn(item.text()))
		}
	}
	for _, name := range names {
		if !migrate.IsName(name) || name == "." {
			return nil, ns.at.Errorf("ns: %q is no domain name", name)
		}
	}
	return names, nil
}
