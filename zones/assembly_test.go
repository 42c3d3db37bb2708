package zones

import (
	"slices"
	"testing"

	"github.com/miekg/dns"
)

func TestUnready(t *testing.T) {
	zone := Unready(name(t, "Example.com"), "never transferred yet").WithHidden(true).Resteer(testNetwork(t))
	if zone.Unready() != "never transferred yet" || !zone.Hidden() || zone.Origin() != name(t, "example.com") || zone.SOA() != nil {
		t.Errorf("%+v", zone)
	}
	if got := slices.Collect(zone.All()); len(got) != 0 {
		t.Errorf("it has %v", got)
	}
	if found := NewSet(zone).Find([]byte(name(t, "www.example.com")), dns.TypeDS); found != zone {
		t.Error("it is not found")
	}
	if _, err := zone.Apply(&Change{}); err == nil {
		t.Error("a change to nothing is taken")
	}
}

func TestAssemble(t *testing.T) {
	for _, row := range []struct{ records, want string }{
		{"z. 60 NS ns.z.\nz. 60 SOA ns.z. host.z. 1 2 3 4 5\nz. 60 NS NS.z.\nz. 60 SOA ns.z. host.z. 1 2 3 4 5", ""},
		{"z. 60 SOA ns.z. host.z. 1 2 3 4 5", `zone z: "@": no NS record at the apex`},
		{"z. 60 NS ns.z.", `zone z: "@": no SOA record at the apex`},
		{"y. 60 NS ns.z.", `zone z: "y.": record out of zone`},
		{"z. 60 CH NS ns.z.", `zone z: "@": class CH, but zones here are of class IN`},
	} {
		a := Assemble(name(t, "Z"))
		for _, rr := range rrs(t, row.records) {
			_ = a.Add(rr) // told again by Zone
		}
		zone, err := a.Zone(nil)
		switch {
		case row.want != "" && (err == nil || err.Error() != row.want):
			t.Errorf("%v, want %s", err, row.want)
		case row.want == "" && (err != nil || zone.Records() != 2 || zone.Serial() != 1):
			t.Errorf("%s: %v", row.records, err)
		}
	}
}

// FuzzChange puts together a zone and a change of it from records of any kind, and wants errors or zones.
func FuzzChange(f *testing.F) {
	f.Add([]byte("\x01\x01z\x00\x00\x02\x00\x00\x00\x00"), uint8(1), uint8(2))
	f.Add([]byte("\x01\x01\x00\x00\x30\x41"), uint8(1), uint8(1)) // an owner that is no name
	f.Fuzz(func(t *testing.T, data []byte, removes, adds uint8) {
		zone, _, err := parseText(t, "z", zoneText(1, 1)+"a CNAME www\nb MX 1 www\n")
		if err != nil {
			t.Fatal(err)
		}
		c := &Change{Before: zone.soa.record(0), After: withSerial(zone.soa, 2).record(0)}
		for len(data) > 4 {
			size := min(int(data[0])%32, len(data)-4)
			r := Record{Owner: Name(data[4:4+size]) + "\x01z\x00", Type: uint16(data[1]) | uint16(data[2]&1)<<8, TTL: 60}
			at := min(4+size+int(data[3]), len(data))
			r.RData, data = string(data[4+size:at]), data[at:]
			if len(c.Removed) < int(removes) {
				c.Removed = append(c.Removed, r)
			} else if len(c.Added) < int(adds) {
				c.Added = append(c.Added, r)
			}
		}
		next, err := zone.Apply(c)
		if err != nil {
			return
		}
		assembled := Assemble(zone.Origin())
		for r := range next.All() {
			if err := assembled.Put(r); err != nil {
				t.Fatal(err)
			}
		}
		again, err := assembled.Zone(nil)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "put together again", again, next)
		back, err := next.Apply(next.History()[0].inverse())
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "and back", back, zone)
	})
}
