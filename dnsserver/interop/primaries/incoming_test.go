package primaries

import (
	"fmt"
	"strings"
	"testing"

	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

// TestTransferIn fetches zones whole and by their changes, told by NOTIFY, without TSIG and with each algorithm.
func TestTransferIn(t *testing.T) {
	for _, p := range houses {
		t.Run(p.name, func(t *testing.T) {
			dir := t.TempDir()
			var all []zoneAt
			for _, a := range algorithms {
				z := zoneAt{origin: a + ".test.", key: a}
				z.file = write(t, dir, z.origin, 1, "")
				all = append(all, z)
			}
			l := listen(t)
			o := start(t, p, l.Addr(), all)
			n, _ := run(t, l, t.TempDir(), o.from(t)...)
			for _, z := range all {
				o.equal(t, n, z, 1)
				for serial := uint32(2); serial < 5; serial++ {
					o.edit(t, z, int(serial))
					o.equal(t, n, z, serial)
				}
			}
			if got := n.log.String(); strings.Count(got, "by=changes") != 3*len(all) || strings.Contains(got, "no transfer by changes") {
				t.Errorf("not every edit was fetched by its changes:\n%s", got)
			}
		})
	}
}

// TestWrongKey has what a node says of a primary with which it shares no key.
func TestWrongKey(t *testing.T) {
	good := key(t, "sha256")
	for _, p := range houses {
		t.Run(p.name, func(t *testing.T) {
			z := zoneAt{origin: "sha256.test.", key: "sha256"}
			z.file = write(t, t.TempDir(), z.origin, 1, "")
			l := listen(t)
			o := start(t, p, l.Addr(), []zoneAt{z})
			n, _ := run(t, l, t.TempDir())
			for _, row := range []struct {
				key  *tsig.Key
				want []string // one of them is in the error
			}{
				{&tsig.Key{Name: good.Name, Algorithm: good.Algorithm, Secret: []byte("another")}, []string{"BADSIG"}},
				{&tsig.Key{Name: name(t, "other.key"), Algorithm: good.Algorithm, Secret: good.Secret}, []string{"BADKEY"}},
				{&tsig.Key{Name: good.Name, Algorithm: tsig.HMACSHA512, Secret: good.Secret}, []string{"BADKEY", "BADSIG", "it answers REFUSED"}},
				{nil, []string{"it answers REFUSED", "it answers NOTAUTH"}},
			} {
				n.Configure([]transfer.Secondary{{Origin: name(t, z.origin), Primaries: []transfer.Primary{{Addr: o.Addr, Key: row.key}}}}, nil)
				await(t, fmt.Sprint(row.want), func() bool {
					for _, w := range row.want {
						if strings.Contains(n.status(z.origin).Error, w) {
							return true
						}
					}
					return false
				}, func() string { return n.status(z.origin).Error })
				if n.served(z.origin) != nil {
					t.Errorf("served with the key %v", row.key)
				}
				n.Configure(nil, nil)
			}
		})
	}
}

// TestThousandEdits ends equal after 1,000 edits in a row, whichever of them came alone and whichever together.
func TestThousandEdits(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, p := range houses {
		t.Run(p.name, func(t *testing.T) {
			z := zoneAt{origin: "sha256.test.", key: "sha256"}
			z.file = write(t, t.TempDir(), z.origin, 1, "")
			l := listen(t)
			o := start(t, p, l.Addr(), []zoneAt{z})
			n, _ := run(t, l, t.TempDir(), o.from(t)...)
			o.equal(t, n, z, 1)
			const last = 1001
			for serial := 2; serial <= last; serial++ {
				o.edit(t, z, serial)
			}
			o.equal(t, n, z, last)
			t.Logf("%d transfers, %d by changes", strings.Count(n.log.String(), "transferred"), strings.Count(n.log.String(), "by=changes"))
		})
	}
}
