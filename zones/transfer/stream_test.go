package transfer

import (
	"fmt"
	"testing"

	"leeward/zones"
)

// TestStream has what comes of the records of a transfer: the form, the serial and the number of records of the zone; or
// the error. The version that is kept, where changes are asked for, has serial 7, and www at 192.0.2.7.
func TestStream(t *testing.T) {
	const full = "SOA 9; @ NS ns; ns A 192.0.2.1; "
	for _, row := range []struct{ asked, records, want string }{
		{"AXFR", full + "SOA 9", "whole zone 9, 3 records"},
		{"AXFR", full + "www A 192.0.2.2; www A 192.0.2.2; SOA 9", "whole zone 9, 4 records"},
		{"AXFR", full + "other.example.net. A 192.0.2.2; SOA 9", "whole zone 9, 3 records, 1 left out"},
		{"AXFR", full + "SOA 10", "the transfer begins with serial 9 and ends with 10"},
		{"AXFR", full + "SOA 9; www A 192.0.2.2", "the transfer goes on after its last SOA"},
		{"AXFR", full, "not at its end"},
		{"AXFR", "@ NS ns; SOA 9", "the transfer does not begin with the SOA"},
		{"AXFR", "www SOA ns host 9 1 1 1 1", "an SOA of www.example.com."},
		{"AXFR", full + "www SOA ns host 9 1 1 1 1", "an SOA of www.example.com."},
		{"AXFR", "SOA 9; SOA 9", "zone example.com: \"@\": no NS record at the apex"},
		{"AXFR", "SOA 9; www CH A 192.0.2.1", "a record of class CH"},
		{"AXFR", full + "www CNAME ns; www A 192.0.2.1", `zone example.com: "www": CNAME beside other data`},
		{"IXFR", "SOA 7", "nothing newer"},
		{"IXFR", "SOA 6; @ NS ns", "nothing newer"},
		{"IXFR", full + "SOA 9", "whole zone 9, 3 records"},
		{"IXFR", "SOA 9; SOA 7; SOA 9; SOA 9", "changes 9, 4 records"},
		{"IXFR", "SOA 8; SOA 7; www A 192.0.2.7; SOA 8; www A 192.0.2.8; SOA 8", "changes 8, 4 records"},
		{"IXFR", "SOA 9; SOA 7; www A 192.0.2.7; SOA 8; www A 192.0.2.8; SOA 8; www A 192.0.2.8; SOA 9; SOA 9", "changes 9, 3 records"},
		{"IXFR", "SOA 9; SOA 7; SOA 8; SOA 9; SOA 9", "a difference to serial 8 is followed by one from 9"},
		{"IXFR", "SOA 9; SOA 7; SOA 8; SOA 8; SOA 9", "not at its end"},
		{"IXFR", "SOA 9; SOA 7; www A 192.0.2.9; SOA 9; SOA 9",
			"zone example.com: a change from serial 7 to 9: it removes www A, which is not there as such"},
		{"IXFR", "SOA 9; SOA 7; @ NS ns; SOA 9; SOA 9", "zone example.com: a change from serial 7 to 9: zone example.com: \"@\": no NS record at the apex"},
		{"IXFR", "SOA 9", "not at its end"},
		{"IXFR", "SOA 9; SOA 7", "not at its end"},
		{"IXFR", "SOA 9; SOA 7; SOA 9; SOA 9; SOA 9", "the transfer goes on after its last SOA"},
	} {
		s := &stream{origin: name(t, "example.com")}
		if row.asked == "IXFR" {
			s.have = small(t, 7, "www A 192.0.2.7")
		}
		if got := outcome(t, s, row.records); got != row.want {
			t.Errorf("%s: %s:\n got %s\nwant %s", row.asked, row.records, got, row.want)
		}
	}
}

func outcome(t *testing.T, s *stream, records string) string {
	for _, rr := range rrs(t, records) {
		if err := s.take(rr); err != nil {
			return err.Error()
		}
	}
	if !s.ended {
		return "not at its end"
	}
	f := &fetch{origin: s.origin, have: s.have, before: s.have}
	z, err := f.version(s)
	switch {
	case err != nil:
		return err.Error()
	case z == nil:
		return s.form.String()
	case s.outside > 0:
		return fmt.Sprintf("%s %d, %d records, %d left out", s.form, z.Serial(), z.Records(), s.outside)
	}
	return fmt.Sprintf("%s %d, %d records", s.form, z.Serial(), z.Records())
}

// TestChangesEndEqual shows that a zone taken by many changes has the content of the last version.
func TestChangesEndEqual(t *testing.T) {
	versions := []*zones.Zone{small(t, 1, "")}
	text := ""
	for i := 2; i <= 50; i++ {
		versions = append(versions, small(t, i, fmt.Sprintf("www A 192.0.2.%d; n%d TXT x", i, i%7)))
	}
	last := versions[len(versions)-1]
	text = "SOA 50;"
	for i, v := range versions[1:] {
		c := zones.Between(versions[i], v)
		text += fmt.Sprintf("SOA %d;%sSOA %d;%s", c.From(), texts(c.Removed), c.To(), texts(c.Added))
	}
	s := &stream{origin: name(t, "example.com"), have: versions[0]}
	if got := outcome(t, s, text+"SOA 50"); got != "changes 50, 5 records" {
		t.Fatal(got)
	}
	z, err := (&fetch{have: versions[0]}).version(s)
	if err != nil || z.Digest() != last.Digest() || z.Serial() != last.Serial() {
		t.Errorf("content %s, want %s; %v", z.Digest(), last.Digest(), err)
	}
	if c, known := z.Since(1); !known || c.To() != 50 {
		t.Error("the change is not in the history")
	}
}
