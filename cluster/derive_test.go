package cluster

import (
	"bytes"
	"net/netip"
	"testing"
)

// Nodes with one key derive one secret, another for each purpose; the first secret is that of the key in use.
func TestDerive(t *testing.T) {
	old, next := bytes.Repeat([]byte{1}, keySize), bytes.Repeat([]byte{2}, keySize)
	derive := func(purpose string, next []byte, keys ...[]byte) [][]byte {
		n, err := New(Options{Name: "n", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keys, Next: next})
		if err != nil {
			t.Fatal(err)
		}
		return n.Derive(purpose)
	}
	if got := derive("zones", nil); len(got) != 0 {
		t.Errorf("without a key: %d", len(got))
	}
	ofOld, ofNext, both := derive("zones", nil, old), derive("zones", nil, next), derive("zones", next, old)
	if len(ofOld) != 1 || len(ofOld[0]) != 32 || bytes.Equal(ofOld[0], old) || bytes.Equal(ofOld[0], ofNext[0]) {
		t.Errorf("%x and %x", ofOld, ofNext)
	}
	if len(both) != 2 || !bytes.Equal(both[0], ofOld[0]) || !bytes.Equal(both[1], ofNext[0]) {
		t.Errorf("with a key to come: %x", both)
	}
	if other := derive("cookies", nil, old); bytes.Equal(other[0], ofOld[0]) {
		t.Error("one secret for two purposes")
	}
}
