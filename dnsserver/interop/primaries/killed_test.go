package primaries

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// many is a large zone's records. Which one of some versions says what differs from the others.
func many(version int) string {
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "name-number-%d A 10.%d.%d.%d\n", i, version, i>>8, i&0xFF)
	}
	return b.String()
}

// TestLargeZone fetches a zone of some hundred messages, signed: NSD signs only some of them. The primary is killed in the
// middle of a transfer: what is in service stays, and what the primary has when it is back is fetched.
func TestLargeZone(t *testing.T) {
	for _, p := range houses {
		t.Run(p.name, func(t *testing.T) {
			z := zoneAt{origin: "sha256.test.", key: "sha256"}
			z.file = write(t, t.TempDir(), z.origin, 1, many(1))
			l := listen(t)
			o := start(t, p, l.Addr(), []zoneAt{z})
			n, _ := run(t, l, t.TempDir(), o.from(t)...)
			o.equal(t, n, z, 1)
			before := n.served(z.origin)

			middle := through(t, o.Addr, 500_000, o.Kill)
			list := o.from(t)
			list[0].Primaries[0].Addr = middle.addr
			n.Configure(list, nil)
			if err := n.Refresh(name(t, z.origin), true); err != nil {
				t.Fatal(err)
			}
			await(t, "an error", func() bool { return n.status(z.origin).Error != "" })
			if why := n.status(z.origin).Error; !strings.Contains(why, "the connection was closed in the middle") && !strings.Contains(why, "reset") {
				t.Error(why)
			}
			if n.served(z.origin) != before {
				t.Error("what was in service is no longer")
			}
			write(t, filepath.Dir(z.file), z.origin, 2, many(2))
			if err := o.Again(); err != nil {
				t.Fatal(err)
			}
			if err := o.Ready(t.Context(), z.origin); err != nil {
				t.Fatal(err, o.Log())
			}
			if err := n.Refresh(name(t, z.origin), false); err != nil {
				t.Fatal(err)
			}
			o.equal(t, n, z, 2)
		})
	}
}
