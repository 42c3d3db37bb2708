package pdns

import (
	"path/filepath"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/master"
)

// defaultTTL is PowerDNS's, where neither a record nor $TTL says any.
const defaultTTL = 3600

// Read reads zone files, one zone each. The zone is that of the SOA; names are relative to origin, or without one to what the
// file's name says (NAME.zone, db.NAME). Includes do not lead out of a file's directory, unless outside is set.
func Read(paths []string, origin string, outside bool) (*migrate.Site, error) {
	site := &migrate.Site{Peer: "pdns-lua"}
	for _, path := range paths {
		files := &migrate.Files{Root: filepath.Dir(path), Outside: outside}
		text, err := files.Read(path)
		if err != nil {
			return nil, err
		}
		above := origin
		if above == "" {
			above = originOf(path)
		}
		if err := readZone(site, text, path, above, files); err != nil {
			return nil, err
		}
	}
	return site, nil
}

// originOf is what a file's name says of its zone, "" if nothing.
func originOf(path string) string {
	base := filepath.Base(path)
	if zone, ok := strings.CutSuffix(base, ".zone"); ok && zone != "" {
		return dns.Fqdn(zone)
	}
	if zone, ok := strings.CutPrefix(base, "db."); ok && zone != "" {
		return dns.Fqdn(zone)
	}
	return ""
}

// line is a record, or with no type a comment.
type line struct {
	master.Record
	comment bool
}

// readZone reads a zone.
func readZone(site *migrate.Site, text, path, origin string, files *migrate.Files) error {
	var lines []line
	apex := ""
	err := master.Read(text, path, master.Options{
		Origin: origin, TTL: defaultTTL, Files: files, Generate: true,
		Comment: func(c string) { lines = append(lines, line{Record: master.Record{Comment: c}, comment: true}) },
		Record: func(r master.Record) error {
			if r.Type == "SOA" && apex != "" && !strings.EqualFold(apex, r.Owner) {
				return r.At.Errorf("%s: a second SOA: a file holds one zone, here %s", r.Owner, apex)
			}
			if r.Type == "SOA" {
				apex = r.Owner
			}
			lines = append(lines, line{Record: r})
			return nil
		},
	})
	if err != nil {
		return err
	}
	at := migrate.Place{File: path}
	if apex == "" {
		return at.Errorf("no SOA record: which zone is it?")
	}
	z := migrate.NewZone(apex, at)
	site.Zones = append(site.Zones, z)
	for _, l := range lines {
		if l.comment {
			z.Comment(l.Comment)
			continue
		}
		if err := record(site, z, l.Record); err != nil {
			return err
		}
	}
	return nil
}

// record takes a record over: as it is, or what its script answers.
func record(site *migrate.Site, z *migrate.Zone, r master.Record) error {
	ttl, err := r.Seconds()
	if err != nil {
		return err
	}
	switch r.Type {
	case "LUA":
		return scripted(site, z, r, ttl)
	case "ALIAS":
		return alias(z, r, ttl)
	}
	rr, err := r.RR(ttl)
	if err != nil {
		return err
	}
	z.Record(rr, r.Comment, r.At)
	return nil
}

// alias takes an ALIAS over.
func alias(z *migrate.Zone, r master.Record, ttl uint32) error {
	r.Type = "CNAME" // whose data is alike
	rr, err := r.RR(ttl)
	if err != nil {
		return err
	}
	z.Alias(rr.(*dns.CNAME), r.At)
	return nil
}
