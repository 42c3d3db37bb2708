package zones

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"leeward/steering"
)

const steeredZone = `$TTL 300
@ IN SOA ns h 1 2 3 4 5
@ IN NS ns
ns IN A 203.0.113.1
www IN A 192.0.2.5
www IN A 192.0.2.70
www IN A 198.51.100.5
`

// A zone with a policy that cannot be read, or cannot ever give an address, is refused with its place.
func TestPoliciesThatAreRefused(t *testing.T) {
	for _, row := range []struct{ lines, want string }{
		{`_steer.www TXT "v=steer1; policy=failover; order=ams,iad"`, ""},
		{`_Steer.www TXT "v=steer1; policy=none"`, ""},
		{`_steer TXT "v=steer1; not=ams"`, ""},
		{`_steer.www A 192.0.2.1`, ""},
		{`_steer.www TXT "v=steer1; polici=all"`, `z.zone:8: "_steer.www": no word "polici": is policy= meant?`},
		{"\n" + `_steer.www TXT "v=steer1; policy=failover; order=ams,idd"`, `z.zone:9: "_steer.www": order=ams,idd: no colo "idd": is iad meant?`},
		{`_steer TXT "v=spf1"`, `z.zone:8: "_steer": it begins with "v=spf1", and not with v=steer1`},
		{`_steer TXT "v=steer1"` + "\n" + `_steer TXT "v=steer1; policy=all"`, `z.zone:8: "_steer": 2 records, and only one can hold`},
		{"two A 192.0.2.6\ntwo A 192.0.2.71\n" + `_steer.two TXT "v=steer1; colos=iad"`,
			`z.zone:8: "two": none of its A addresses lies in a colo that its policy uses: v=steer1; colos=iad`},
		{"two A 192.0.2.6\n" + `_steer.two TXT "v=steer1; colos=iad"`, ""},
		{`_steer.www TXT "v=steer1; check=web"`, ""},
		{`_steer.www TXT "v=steer1; check=wep"`, `z.zone:8: "_steer.www": check=wep: no check "wep": is web meant?`},
		{`_steer.m TXT "v=steer1; check=web"` + "\n$GENERATE 1-1000 m AAAA 2001:db8:1::$", ""},
		{`_steer.m TXT "v=steer1; check=web"` + "\n$GENERATE 1-1001 m AAAA 2001:db8:1::$",
			`z.zone:9: "m": check=web is for more than 1000 addresses: each would be probed by many nodes every second; a _steer of their own says for which it is needed`},
		{`_steer.www TXT "v=steer1; fallback=origin.example.net"`, ""},
		{`_steer TXT "v=steer1; fallback=origin.example.net"` + "\n@ A 203.0.113.1", ""},
		{`_steer.www TXT "v=steer1; fallback=www.z.example"`, ""},
		{`_steer.two.z.z TXT "v=steer1; fallback=two.z.z"` + "\ntwo.z A 192.0.2.6\ntwo.z A 198.51.100.6", ""},
		{`_steer.two.z TXT "v=steer1; fallback=two.z.z"` + "\ntwo.z A 192.0.2.6\ntwo.z A 198.51.100.6",
			`z.zone:9: "two.z": its fallback is the name itself: v=steer1; fallback=two.z.z`},
		{`_steer.www TXT "v=steer1; fallback=origin.example.net"` + "\nwww AAAA 2001:db8:1::1\nwww AAAA 2001:db8:2::1", ""},
		{`_steer.www TXT "v=steer1; fallback=origin.example.net"` + "\nwww AAAA 2001:db8:9::1",
			`z.zone:9: "www": a fallback that is a name is given as a CNAME, which AAAA cannot stand beside: give it addresses, or a _steer of its own: v=steer1; fallback=origin.example.net`},
		{`_steer.www TXT "v=steer1; fallback=origin.example.net"` + "\nwww MX 10 mail",
			`z.zone:9: "www": a fallback that is a name is given as a CNAME, which MX cannot stand beside: give it addresses, or a _steer of its own: v=steer1; fallback=origin.example.net`},
	} {
		file := filepath.Join(t.TempDir(), "z.zone")
		write(t, file, steeredZone+row.lines+"\n")
		_, _, err := Parse(Source{Origin: name(t, "z"), File: file, Network: testNetwork(t)})
		want := "<nil>"
		if row.want != "" {
			want = "zone z: " + filepath.Dir(file) + "/" + row.want
		}
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.lines, got, want)
		}
	}
}

// An edit of a policy changes all names that it is for, and no other; each version is as if it had been read anew.
func TestEditsOfPolicies(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "z.zone")
	var text strings.Builder
	text.WriteString(steeredZone)
	for i := range 200 {
		fmt.Fprintf(&text, "n%d.some A 192.0.2.5\nn%d.some A 198.51.100.5\nn%d.other A 192.0.2.5\nn%d.other A 198.51.100.5\n", i, i, i, i)
	}
	store := NewStore(Config{Directory: dir, Network: testNetwork(t)})
	for i, row := range []struct{ lines, www, some, other string }{
		{"", "nearest", "nearest", "nearest"},
		{`_steer.some TXT "v=steer1; policy=all"`, "nearest", "v=steer1; policy=all", "nearest"},
		{`_steer.some TXT "v=steer1; policy=none"`, "nearest", "unsteered", "nearest"},
		{`_steer TXT "v=steer1; policy=spread"`, "v=steer1; policy=spread", "v=steer1; policy=spread", "v=steer1; policy=spread"},
		{`_steer TXT "v=steer1; policy=spread"` + "\n" + `_steer.n7.some TXT "v=steer1; policy=all"`, "v=steer1; policy=spread", "v=steer1; policy=all", "v=steer1; policy=spread"},
		{"", "nearest", "nearest", "nearest"},
	} {
		write(t, file, strings.Replace(text.String(), "ns h 1 2", fmt.Sprintf("ns h %d 2", i+1), 1)+row.lines+"\n")
		for _, o := range store.Load(false) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
		}
		z := store.Set().Zone(name(t, "z"))
		wantSameTree(t, row.lines, z)
		for owner, want := range map[string]string{"www.z": row.www, "n7.some.z": row.some, "n7.other.z": row.other} {
			if got := steeredBy(z.nodes.of(name(t, owner)).sets[0]); got != want {
				t.Errorf("%s: %s is steered by %q, want %q", row.lines, owner, got, want)
			}
		}
	}
}

// A network that has not what a policy names takes nothing out of service: the names are steered to the nearest, and it is
// told.
func TestPoliciesOfAnotherNetwork(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "z.zone"), steeredZone+`_steer TXT "v=steer1; policy=failover; order=iad,ams"`+"\n")
	here := testNetwork(t)
	elsewhere, err := steering.NewNetwork(here.Colos()[:1], steering.Check{})
	if err != nil {
		t.Fatal(err)
	}
	store := NewStore(Config{Directory: dir, Network: here})
	store.Load(false)
	status := func() (text string) {
		for s := range store.Status() {
			text += s.Error
		}
		return text
	}
	if got := status(); got != "" {
		t.Fatal(got)
	}
	store.Resteer(elsewhere)
	want := `zone z: _steer: order=iad,ams: no colo "iad": is ams meant?: until this is mended, the names that it is for are steered to the nearest colo`
	if got := status(); got != want {
		t.Errorf("status:\ngot  %s\nwant %s", got, want)
	}
	if got := steeredBy(store.Set().Zone(name(t, "z")).nodes.of(name(t, "www.z")).sets[0]); got != "nearest" {
		t.Errorf("www is steered by %s", got)
	}
	store.Resteer(here)
	if got := status(); got != "" {
		t.Errorf("mended, and still: %s", got)
	}
}
