package zones

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSince has versions with the serials of each row, one after the other.
func TestSince(t *testing.T) {
	const far = 1 << 31
	for _, row := range []struct {
		title   string
		serials []int
		since   uint32
		known   bool
	}{
		{"the present one", []int{1, 2}, 2, true},
		{"the one before", []int{1, 2, 3}, 2, true},
		{"the first", []int{1, 2, 3}, 1, true},
		{"around the circle", []int{1<<32 - 1, 3, 4}, 1<<32 - 1, true},
		{"before the first", []int{2, 3}, 1, false},
		{"ahead", []int{2, 3}, 4, false},
		{"before a step back", []int{3, 2, 4}, 3, false},
		{"after a step back", []int{3, 2, 4}, 2, true},
		{"before a step on the spot", []int{1, 2, 2, 3}, 1, false},
		{"on the spot", []int{1, 2, 2, 3}, 2, true},
		{"half around the circle", []int{1, far - 5, far + 5}, 1, false},
	} {
		t.Run(row.title, func(t *testing.T) {
			var served *Zone
			for n, serial := range row.serials {
				next, _, err := parseText(t, "z", zoneText(serial, n))
				if err != nil {
					t.Fatal(err)
				}
				served = next.After(served, epoch)
			}
			if _, known := served.Since(row.since); known != row.known {
				t.Errorf("known: %t, want %t", known, row.known)
			}
		})
	}
}

// TestHistoryIsBounded wants no more of the past than is worth it, and always the last change.
func TestHistoryIsBounded(t *testing.T) {
	var served *Zone
	for n := range maxChanges + 10 {
		next, _, err := parseText(t, "z", zoneText(n+1, n%250))
		if err != nil {
			t.Fatal(err)
		}
		served = next.After(served, time.Unix(int64(n), 0))
	}
	if got := served.History(); len(got) != maxChanges || got[0].From() != 10 || !got[maxChanges-1].At.Equal(time.Unix(maxChanges+9, 0)) {
		t.Errorf("%d changes from %d on", len(got), got[0].From())
	}
	large := strings.Repeat("x", 200)
	for n := range 3 {
		text := zoneText(2000+n, 1)
		for i := range 3000 {
			text += fmt.Sprintf("t%d TXT %s%d\n", i, large, n)
		}
		next, _, err := parseText(t, "z", text)
		if err != nil {
			t.Fatal(err)
		}
		served = next.After(served, epoch)
	}
	if got := served.History(); len(got) != 1 || served.history.octets != got[0].octets() {
		t.Errorf("%d changes of %d octets", len(got), served.history.octets)
	}
}
