package zones

import (
	"strings"
	"testing"
	"time"
)

func TestSerialPolicy(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	const unchanged, back = "did not", "went back"
	for _, row := range []struct {
		policy       SerialPolicy
		file, served uint32 // before; file 0: none
		next, want   uint32
		warning      string
	}{
		{Keep, 0, 0, 7, 7, ""},
		{Increment, 0, 0, 7, 7, ""},
		{UnixTime, 0, 0, 7, 7, ""},
		{Keep, 7, 7, 8, 8, ""},
		{Keep, 7, 7, 7, 7, unchanged},
		{Keep, 7, 7, 5, 5, back},
		{Keep, 4294967295, 4294967295, 1, 1, ""},
		{Keep, 1, 1, 4294967295, 4294967295, back},
		{Keep, 1, 1, 1 + 1<<31, 1 + 1<<31, back},
		{Keep, 7, 9, 10, 10, ""}, // after a rollback
		{Keep, 7, 9, 9, 10, "the serial 9 is not ahead of the 9 served: it is served with 10"},
		{Keep, 7, 9, 8, 10, "not ahead of the 9 served"},
		{Keep, 7, 9, 7, 10, "not ahead of the 9 served"},
		{Keep, 7, 9, 5, 10, "went back from 7 to 5: it is served with 10"},
		{Increment, 7, 7, 8, 8, ""},
		{Increment, 7, 7, 7, 8, ""},
		{Increment, 7, 9, 7, 10, ""},
		{Increment, 7, 9, 8, 10, ""},
		{Increment, 7, 9, 9, 10, ""},
		{Increment, 7, 9, 10, 10, ""},
		{Increment, 7, 7, 5, 8, back},
		{Increment, 4294967295, 4294967295, 4294967295, 0, ""},
		{UnixTime, 7, 7, 7, 1_700_000_000, ""},
		{UnixTime, 7, 1_700_000_000, 7, 1_700_000_001, ""},
		{UnixTime, 7, 7, 8, 8, ""},
		{UnixTime, 7, 7, 5, 1_700_000_000, back},
	} {
		var before *Zone
		if row.file != 0 {
			before = &Zone{fileSerial: row.file, serial: row.served}
		}
		got, warning := row.policy.serve(before, &text{serial: row.next}, now)
		if got != row.want || (warning == "") != (row.warning == "") || !strings.Contains(warning, row.warning) {
			t.Errorf("%+v: %d, %q", row, got, warning)
		}
	}
	for _, covered := range []*text{{serial: 7, signed: true}, {serial: 7, sealed: true}} {
		if got, _ := Increment.serve(&Zone{text: &text{serial: 7}, serial: 7}, covered, now); got != 7 {
			t.Errorf("a serial that %+v covers is served as %d", covered, got)
		}
	}
	for text, want := range map[string]SerialPolicy{"": Keep, "keep": Keep, "increment": Increment, "unixtime": UnixTime} {
		if got, err := ParseSerialPolicy(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := ParseSerialPolicy("date"); err == nil {
		t.Error("an unknown policy is taken")
	}
}
