package zones

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRecords: packed records are what a list of slices is, whatever their sizes.
func TestRecords(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		var want [][]byte
		var octets []byte
		even, size := d.IntN(2) == 0, d.IntN(6)
		for range 1 + d.IntN(20) {
			if !even {
				size = d.IntN(300)
			}
			rdata := make([]byte, size)
			for i := range rdata {
				rdata[i] = byte(d.Uint32())
			}
			want, octets = append(want, rdata), appendRecord(octets, rdata)
		}
		r := pack(octets)
		if r.Len() != len(want) {
			t.Fatalf("%d records, want %d", r.Len(), len(want))
		}
		if all := slices.Collect(r.All()); !slices.EqualFunc(all, want, bytes.Equal) {
			t.Fatalf("%x, want %x", all, want)
		}
		for i := range want {
			at := r.From(i)
			for j := i; j < len(want); j++ {
				if next := at.Next(); !bytes.Equal(next, want[j]) {
					t.Fatalf("from %d: record %d is %x, want %x", i, j, next, want[j])
				}
			}
			if !bytes.Equal(r.RData(i), want[i]) {
				t.Fatalf("record %d is %x, want %x", i, r.RData(i), want[i])
			}
		}
	}
}
