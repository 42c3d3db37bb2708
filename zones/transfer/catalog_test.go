package transfer

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leeward/zones"
)

// TestMembers has what a catalog zone lists.
func TestMembers(t *testing.T) {
	const head = "SOA 1; @ NS invalid.; "
	for _, row := range []struct{ records, want string }{
		{`version TXT "2"`, ""},
		{`version TXT "2"; a.zones PTR one.test.; b.zones PTR Two.test.`, "one.test=a, two.test=b"},
		{`VERSION TXT "2"; A.Zones PTR one.test.`, "one.test=a"},
		{`version TXT "2"; a.zones PTR one.test.; coo.a.zones PTR old.test.; group.a.zones TXT "x"; x.ext TXT "y"; a.zones TXT "z"`, "one.test=a"},
		{`version TXT "2"; zones PTR one.test.; x.y.zones PTR two.test.; other PTR three.test.`, ""},
		{`a.zones PTR one.test.`, "the catalog does not say its version: it is none, or broken"},
		{`version TXT "1"`, "the catalog is of a version that is not known here: only 2 is (RFC 9432)"},
		{`version TXT "2" "2"`, "the catalog is of a version that is not known here: only 2 is (RFC 9432)"},
		{`version TXT "2"; version TXT "3"`, "the catalog is of a version that is not known here: only 2 is (RFC 9432)"},
		{`version TXT "2"; a.zones PTR one.test.; a.zones PTR two.test.`, "the catalog has several zones at a.zones.example.com."},
		{`version TXT "2"; a.zones PTR one.test.; b.zones PTR one.test.`, "the catalog lists one.test twice"},
	} {
		got := ""
		members, err := Members(zoneOf(t, head+row.records))
		if err != nil {
			got = err.Error()
		}
		for _, m := range members {
			got += fmt.Sprintf("%s=%s, ", m.Origin.Bare(), m.Label)
		}
		if got = strings.TrimSuffix(got, ", "); got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.records, got, row.want)
		}
	}
}

// TestCatalogIsRead shows that a catalog made here lists what it was made of.
func TestCatalogIsRead(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	origin := name(t, "catalog.test")
	members := []Listed{{name(t, "example.com"), "7 abc"}, {zones.Root, ""}, {name(t, `odd\.label.\000.test`), ""},
		{name(t, strings.Repeat("x234567.", 30)+"test"), ""}}
	first, err := Catalog(origin, members, nil, seconds(now), now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Members(first)
	if err != nil || len(got) != len(members) {
		t.Errorf("%d members, want %d: %v", len(got), len(members), err)
	}
	for _, m := range got {
		if want := map[zones.Name]string{members[0].Origin: "7 abc"}[m.Origin]; m.Version != want {
			t.Errorf("version %q of %s, want %q", m.Version, m.Origin, want)
		}
	}
	if !first.Hidden() || first.Serial() != 1_700_000_000 {
		t.Errorf("hidden %t, serial %d", first.Hidden(), first.Serial())
	}
	for _, row := range []struct {
		what    string
		members []Listed
		now     time.Time
		serial  uint32
		removed int
	}{
		{"the same, in another order", []Listed{members[3], members[2], members[1], members[0], members[0]}, now.Add(time.Hour), 1_700_000_000, 0},
		{"one less", members[:3], now.Add(time.Hour), 1_700_003_600, 1},
		{"one less in the same second", members[:3], now, 1_700_000_001, 1},
		{"one less, by a clock that went back", members[:3], now.Add(-time.Hour), 1_700_000_001, 1},
	} {
		z, err := Catalog(origin, row.members, first, seconds(row.now), row.now)
		if err != nil {
			t.Fatal(err)
		}
		if z.Serial() != row.serial {
			t.Errorf("%s: serial %d, want %d", row.what, z.Serial(), row.serial)
		}
		if c, known := z.Since(first.Serial()); !known || len(c.Removed) != row.removed || len(c.Added) != 0 {
			t.Errorf("%s: the change is %+v", row.what, c)
		}
	}
	if _, err := Catalog(origin, []Listed{{origin, ""}}, nil, seconds(now), now); err == nil {
		t.Error("a catalog that lists itself")
	}
}

// seconds is a serial as catalogs for secondaries have it.
func seconds(t time.Time) uint32 { return uint32(t.Unix()) }

// catalog is a catalog zone, catalog.test, with members by label: "a=one.test".
func catalog(t *testing.T, serial int, members ...string) *zones.Zone {
	t.Helper()
	a := zones.Assemble(name(t, "catalog.test"))
	text := fmt.Sprintf("catalog.test. SOA invalid. invalid. %d 3600 600 86400 0; catalog.test. NS invalid.; version.catalog.test. TXT 2;", serial)
	for _, m := range members {
		label, origin, _ := strings.Cut(m, "=")
		text += fmt.Sprintf("%s.zones.catalog.test. PTR %s.;", label, origin)
	}
	for _, rr := range rrs(t, text) {
		if err := a.Add(rr); err != nil {
			t.Fatal(err)
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// member is a zone that a catalog lists.
func member(t *testing.T, origin string, serial int) *zones.Zone {
	t.Helper()
	a := zones.Assemble(name(t, origin))
	for _, rr := range rrs(t, fmt.Sprintf("%s. SOA ns.test. host.test. %d 3600 600 86400 60; %[1]s. NS ns.test.", origin, serial)) {
		if err := a.Add(rr); err != nil {
			t.Fatal(err)
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestCatalogIsFollowed plays the versions of a catalog, and has what is served after each.
func TestCatalogIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, origin := range []string{"one.test", "two.test", "three.test", "own.test"} {
			w.put(member(t, origin, 1))
		}
		list := []Secondary{
			{Origin: name(t, "catalog.test"), Primaries: []Primary{{Addr: one}}, Catalog: true, Hidden: true},
			{Origin: name(t, "three.test"), Primaries: []Primary{{Addr: two}}},
		}
		w.own = []zones.Name{name(t, "own.test")}
		w.start(list...)
		defer func() { w.stop() }()
		follow := func(c *zones.Zone, served string) {
			t.Helper()
			w.put(c)
			_ = w.Refresh(name(t, "catalog.test"), false)
			w.want(served)
		}
		follow(catalog(t, 1, "a=one.test", "b=two.test"), "catalog.test 1, one.test 1, three.test 1, two.test 1")
		w.put(member(t, "one.test", 2))
		w.Notify(name(t, "one.test"), one.Addr(), 2, true)
		follow(catalog(t, 2, "a=one.test"), "catalog.test 2, one.test 2, three.test 1")
		if w.keep.kept[name(t, "two.test")] != nil {
			t.Error("what was kept of a member that is gone is still there")
		}

		// A broken version changes nothing.
		follow(catalog(t, 3, "a=one.test", "b=one.test"), "catalog.test 3, one.test 2, three.test 1")
		if got := w.Status()[0].Warnings; len(got) != 1 || got[0] != "the catalog lists one.test twice" {
			t.Errorf("warnings %q", got)
		}

		// Neither does a zone that is another's.
		follow(catalog(t, 4, "a=one.test", "o=own.test", "c=three.test"), "catalog.test 4, one.test 2, three.test 1")
		if got := w.Status()[0].Warnings; len(got) != 2 || got[0] != "own.test is a zone of a file here" || got[1] != "three.test is configured on its own" {
			t.Errorf("warnings %q", got)
		}

		// Under another label a zone begins anew: nothing of it is kept.
		w.die(true)
		w.mu.Lock()
		w.there[name(t, "catalog.test")] = catalog(t, 5, "z=one.test")
		w.mu.Unlock()
		w.die(false)
		w.put(member(t, "one.test", 1))
		follow(catalog(t, 5, "z=one.test"), "catalog.test 5, one.test 1, three.test 1")

		// After a restart without a primary all is there, the members too.
		w.stop()
		w.die(true)
		w.start(list...)
		w.want("catalog.test 5, one.test 1, three.test 1")

		// So it is when the catalog itself is lost.
		w.stop()
		delete(w.keep.kept, name(t, "catalog.test"))
		w.start(list...)
		w.want("catalog.test: never transferred yet, one.test 1, three.test 1")

		w.Configure(list[1:], w.own)
		w.want("three.test 1")
	})
}

// TestBeginsAnew is the chart of beginsAnew.
func TestBeginsAnew(t *testing.T) {
	x, y := name(t, "x.test"), name(t, "y.test")
	node := Secondary{Node: true}
	for _, row := range []struct {
		before, now wanted
		want        bool
	}{
		{wanted{}, wanted{}, false},
		{wanted{}, wanted{catalog: x, label: "l"}, false},
		{wanted{catalog: x, label: "l"}, wanted{}, false},
		{wanted{catalog: x, label: "l"}, wanted{catalog: y, label: "l"}, true},
		{wanted{catalog: x, label: "l"}, wanted{catalog: x, label: "l"}, false},
		{wanted{catalog: x, label: "l"}, wanted{catalog: x, label: "m"}, true},
		{wanted{node, x, "l"}, wanted{node, y, "l"}, false},
		{wanted{node, x, "l"}, wanted{catalog: y, label: "l"}, true},
		{wanted{catalog: x, label: "l"}, wanted{node, y, "l"}, true},
	} {
		if got := beginsAnew(row.before, row.now); got != row.want {
			t.Errorf("%v: %t", row, got)
		}
	}
}

// TestPlan has which catalog a zone is taken from.
func TestPlan(t *testing.T) {
	x, y := name(t, "x.test"), name(t, "y.test")
	listings := func(inX, inY string) []listing {
		read := func(catalog zones.Name, members string) listing {
			l := listing{catalog: Secondary{Origin: catalog}}
			for _, m := range strings.Fields(members) {
				l.members = append(l.members, Member{Origin: name(t, m), Label: "l"})
			}
			return l
		}
		return []listing{read(x, inX), read(y, inY)}
	}
	for _, row := range []struct {
		inX, inY, holder, want, clashes string
	}{
		{"a.test", "", "", "x.test", ""},
		{"a.test", "a.test", "", "x.test", "y.test: a.test is listed by the catalog x.test already"},
		{"a.test", "a.test", "x.test", "x.test", "y.test: a.test is listed by the catalog x.test already"},
		{"a.test", "a.test", "y.test", "y.test", "x.test: a.test is listed by the catalog y.test already"},
		{"a.test", "", "y.test", "x.test", ""},
	} {
		p := plan(nil, func(zones.Name) bool { return false }, listings(row.inX, row.inY), func(zones.Name) zones.Name {
			if row.holder == "" {
				return ""
			}
			return name(t, row.holder)
		})
		clashes := ""
		for catalog, all := range p.clashes {
			clashes += catalog.Bare() + ": " + strings.Join(all, ", ")
		}
		if got := p.zones[name(t, "a.test")].catalog.Bare(); got != row.want || clashes != row.clashes {
			t.Errorf("%+v: from %s; %s", row, got, clashes)
		}
	}
}
