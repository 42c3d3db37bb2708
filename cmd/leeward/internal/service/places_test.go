package service

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/zones"
	"leeward/zones/transfer"
)

// place starts a node with what it says of zones, in a directory of its own; files are zones there, "example.com 7". Next
// is where it is to find the others.
func (b *band) place(t *testing.T, name, said, next string, files ...string) *Service {
	t.Helper()
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Join(dir, "zones"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		origin, serial, _ := strings.Cut(f, " ")
		text := fmt.Sprintf("$TTL 300\n@ SOA ns1 host %s 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\n", serial)
		if err := os.WriteFile(filepath.Join(dir, "zones", origin+".zone"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "leeward.yaml")
	text := fmt.Sprintf(`
node: {name: %s}
dns: {listen: ["127.0.0.1:0"]}
zones: {%s}
cluster: {listen: "127.0.0.1:0", join: [%s]}
admin: {listen: "", socket: ""}
state: {directory: state}
%s
`, name, said, next, b.incidents)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return b.start(t, file)
}

// serials are the zones that a node serves, but for catalogs.
func serials(s *Service) string {
	var list []string
	for _, z := range s.View().Zones.All() {
		switch {
		case z.Hidden():
		case z.Unready() != "":
			list = append(list, z.Origin().Bare()+" unready")
		default:
			list = append(list, fmt.Sprintf("%s %d", z.Origin().Bare(), z.Serial()))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// settled waits until a node serves what it is to serve, and nobody lags.
func settled(t *testing.T, s *Service, want string) {
	t.Helper()
	until(t, "served: "+want, func() bool {
		behind := 0
		for _, m := range s.node.Members() {
			behind += m.Zones.Behind
		}
		return serials(s) == want && behind == 0
	})
}

// TestEditedAtTwoFollowedNodes has a third node say that a zone is edited at two places, and follow one of them. It is not
// behind for that. A node that nobody has is named, too.
func TestEditedAtTwoFollowedNodes(t *testing.T) {
	t.Parallel()
	b := &band{dir: t.TempDir()}
	first := b.place(t, "first", "directory: zones", "", "example.com 3", "both.test 1")
	join := fmt.Sprintf("%q", first.node.Addr())
	third := b.place(t, "third", "follow: [first, second, frist]", join)
	settled(t, third, "both.test 1, example.com 3")
	b.place(t, "second", "directory: zones", join, "example.com 9", "both.test 1")
	want := []string{"node frist is followed (zones.follow), and there is no member of that name",
		"zone example.com is edited at two places: serial 3 on first, serial 9 on second; what first has is served here"}
	until(t, "problems", func() bool { return slices.Equal(third.Status().Problems, want) })
	settled(t, third, "both.test 1, example.com 3")
}

// TestZonesOfPrimariesAreFollowed has zones that a followed node gets from a primary be followed like those in its files,
// but where the follower has primaries of its own for them.
func TestZonesOfPrimariesAreFollowed(t *testing.T) {
	t.Parallel()
	b := &band{dir: t.TempDir()}
	primary := b.place(t, "primary", "directory: zones, transfer: [{prefixes: [127.0.0.1/32]}]", "", "example.com 5", "example.org 6")
	join := fmt.Sprintf("%q", primary.node.Addr())
	follower := b.place(t, "follower", "follow: [a]", join)
	addr := ""
	until(t, "the primary is known", func() bool {
		for _, m := range follower.node.Members() {
			if m.Name == "primary" && len(m.DNS) > 0 {
				addr = m.DNS[0].String()
			}
		}
		return addr != ""
	})
	primaries := func(origin string) string {
		return fmt.Sprintf("secondary: [{origin: %s, primaries: [%q]}]", origin, addr)
	}
	a := b.place(t, "a", "directory: zones, follow: [both], "+primaries("example.com"), join, "mine.test 1", "example.org 1")
	both := b.place(t, "both", "follow: [a], "+primaries("example.org"), join)
	settled(t, a, "example.com 5, example.org 1, mine.test 1")
	settled(t, follower, "example.com 5, example.org 1, mine.test 1")
	settled(t, both, "example.com 5, example.org 6, mine.test 1")
	for _, s := range []*Service{a, follower, both} { // once it has heard of every node, which may be after it has the zones
		until(t, "no problems", func() bool { return len(s.Status().Problems) == 0 })
	}
}

// TestEditionsAreNobodysBusiness shows that rules for all zones are not for the lists of nodes, of which nobody is told either.
func TestEditionsAreNobodysBusiness(t *testing.T) {
	b := &band{dir: t.TempDir()}
	a := b.place(t, "a", "directory: zones", "", "example.com 1")
	s := b.place(t, "b", "directory: zones, follow: [a], transfer: [{prefixes: [127.0.0.1/32]}]", fmt.Sprintf("%q", a.node.Addr()), "own.test 1")
	settled(t, s, "example.com 1, own.test 1")
	cfg := s.plane.Load().config
	all := s.View().Zones.All()
	untold := allEditions(cfg)
	rule := s.View().Access.Transfer[0]
	for _, z := range all {
		hidden := z.Hidden()
		if slices.Contains(untold, z.Origin()) != hidden || slices.Contains(rule.Except, z.Origin()) != hidden {
			t.Errorf("%s: hidden %t, not told of %v, rule %+v", z.Origin(), hidden, untold, rule)
		}
	}
	if len(all) != 4 {
		t.Errorf("%d zones, want two and two lists", len(all))
	}
}

// TestListing shows that a zone of which a node has nothing is listed all the same: its followers keep what they have.
func TestListing(t *testing.T) {
	origin := nameOf("example.com")
	if l := listing([]*zones.Zone{zones.Unready(origin, "a fault")}, false); len(l) != 1 || l[0] != (transfer.Listed{Origin: origin}) {
		t.Errorf("%+v", l)
	}
	catalog, err := transfer.Catalog(nameOf("catalog.test"), nil, nil, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, fetched := range []bool{true, false} {
		l := listing([]*zones.Zone{catalog}, fetched)
		if got := parseVersion(l[0].Version); !got.same(versionOf(catalog)) || got.fetched != fetched {
			t.Errorf("%q is read as %+v", l[0].Version, got)
		}
	}
	if at := time.Unix(1_800_000_000, 0); editionSerial(at) == editionSerial(at.Add(20*time.Millisecond)) {
		t.Error("a restart within a second has the serial that was there before")
	}
}
