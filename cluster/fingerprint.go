package cluster

import (
	"crypto/sha256"
	"encoding/hex"
)

// Fingerprint tells gossip keys apart without telling anything of them that could be used. The zero value is that of no
// key.
type Fingerprint [4]byte

// FingerprintOf gives the fingerprint of a gossip key, zero for none.
func FingerprintOf(key []byte) Fingerprint {
	if len(key) == 0 {
		return Fingerprint{}
	}
	sum := sha256.Sum256(append([]byte("leeward gossip key\x00"), key...))
	return Fingerprint(sum[:4])
}

// String gives eight hexadecimal digits, or "none".
func (f Fingerprint) String() string {
	if f == (Fingerprint{}) {
		return "none"
	}
	return hex.EncodeToString(f[:])
}

func (r *reader) fingerprint() (f Fingerprint) {
	copy(f[:], r.take(len(f)))
	return f
}
