package primaries

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver/internal/peers"
	"leeward/zones/transfer"
)

const catalogOrigin = "catalog.test."

// TestCatalogIn follows the catalog of each primary: one that Knot makes by itself, one that is edited at the others.
func TestCatalogIn(t *testing.T) {
	for _, p := range houses {
		t.Run(p.name, func(t *testing.T) {
			dir := t.TempDir()
			var members []zoneAt
			for i := range 3 {
				z := zoneAt{origin: fmt.Sprintf("member%d.test.", i), key: "sha256"}
				z.file = write(t, dir, z.origin, 1, "")
				members = append(members, z)
			}
			l := listen(t)
			var o *other
			if p.name == "Knot" {
				for i := range members {
					members[i].more = "    catalog-role: member\n    catalog-zone: " + catalogOrigin + "\n"
				}
				o = start(t, p, l.Addr(), append(members, zoneAt{origin: catalogOrigin, key: "sha256", more: "    catalog-role: generate\n", hidden: true}))
			} else {
				file := write(t, dir, catalogOrigin, 1, listing(members...))
				o = start(t, p, l.Addr(), append(members, zoneAt{origin: catalogOrigin, key: "sha256", file: file}))
			}
			state := t.TempDir()
			catalog := transfer.Secondary{Origin: name(t, catalogOrigin), Catalog: true, Hidden: true,
				Primaries: []transfer.Primary{{Addr: o.Addr, Key: key(t, "sha256")}}}
			n, stop := run(t, l, state, catalog)
			for _, z := range members {
				o.equal(t, n, z, 1)
			}
			o.edit(t, members[1], 2)
			o.equal(t, n, members[1], 2)

			o.unlist(t, dir, members)
			await(t, "the last member to be gone", func() bool { return len(n.Zones()) == 3 }, n.log.String, o.Log)
			if n.served(members[2].origin) != nil || n.served(members[1].origin) == nil {
				t.Error("another member is gone")
			}
			stop()
			o.Kill()
			n, _ = run(t, listen(t), state, catalog)
			if v := n.served(members[1].origin); v == nil || v.Serial() != 2 || len(n.Zones()) != 3 {
				t.Errorf("after a restart without the primary: %v", n.Status())
			}
		})
	}
}

// listing is what a catalog says of its members.
func listing(members ...zoneAt) string {
	text := "version TXT \"2\"\n"
	for i, m := range members {
		text += fmt.Sprintf("label%d.zones PTR %s\n", i, m.origin)
	}
	return text
}

// unlist takes the last member off the catalog.
func (o *other) unlist(t *testing.T, dir string, members []zoneAt) {
	t.Helper()
	switch o.name {
	case "NSD":
		write(t, dir, catalogOrigin, 2, listing(members[:len(members)-1]...))
		o.hangUp(t)
	case "BIND":
		m := new(dns.Msg).SetUpdate(catalogOrigin)
		m.RemoveName([]dns.RR{rr(t, "label2.zones."+catalogOrigin+" 0 PTR x.")})
		o.update(t, m)
	default:
		peers.Installed(t, "knotc")
		o.forget(t, members[len(members)-1])
		o.command(t, "knotc", "-s", filepath.Join(o.Dir, "knot.sock"), "reload")
	}
}

// forget takes a zone out of the settings of Knot. That is more roundabout than an order to it, but version 3.2.6 at times
// hangs in a commit that changes a catalog.
func (o *other) forget(t *testing.T, z zoneAt) {
	t.Helper()
	file := filepath.Join(o.Dir, "settings")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`(?m)^ +- domain: "` + regexp.QuoteMeta(z.origin) + `"\n(^ {3,}[^- ].*\n)*`)
	rest := entry.ReplaceAll(text, nil)
	if len(rest) == len(text) {
		t.Fatalf("%s is not in the settings:\n%s", z.origin, text)
	}
	if err := os.WriteFile(file, rest, 0o600); err != nil {
		t.Fatal(err)
	}
}
