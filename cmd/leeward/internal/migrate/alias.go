package migrate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// Alias adds an ALIAS record: the addresses of another name. It is written where Leeward has such a type, else noted.
func (z *Zone) Alias(rr *dns.CNAME, at Place) {
	z.add(entry{record: rr, at: at, alias: true})
}

// alias writes an ALIAS record, if there is such a type.
func (s *Site) alias(b *strings.Builder, z *Zone, e entry, has func() bool) {
	h, target := e.record.Header(), e.record.(*dns.CNAME).Target
	if !has() {
		s.Lose(e.at, z.Relative(h.Name)+": ALIAS "+target, "the name has the addresses of that one",
			"write them, or a CNAME where nothing else stands at the name")
		return
	}
	fmt.Fprintf(b, "%-15s %5d IN ALIAS %s\n", z.Relative(h.Name), h.Ttl, target)
}

// hasAlias says whether zones may have ALIAS records.
func hasAlias() bool {
	dir, err := os.MkdirTemp("", "leeward-import-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "example.zone")
	text := "$TTL 60\n@ IN SOA ns.example. h.example. 1 60 60 60 60\n@ IN NS ns.invalid.\na IN ALIAS b.example.\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return false
	}
	_, _, err = zones.Parse(zones.Source{Origin: "\x07example\x00", File: file})
	return err == nil
}
