package tsig

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"leeward/zones"
)

// Algorithm is how messages are signed with a key.
type Algorithm uint8

// The algorithms, of those of RFC 8945 section 6. Those with MD5 and SHA-1 are left out.
const (
	HMACSHA256 Algorithm = iota
	HMACSHA384
	HMACSHA512
	algorithms
)

func (a Algorithm) String() string {
	return [...]string{"hmac-sha256", "hmac-sha384", "hmac-sha512"}[a]
}

// ParseAlgorithm reads the name of an algorithm as configurations have it.
func ParseAlgorithm(s string) (Algorithm, error) {
	for a := range algorithms {
		if strings.EqualFold(strings.TrimSuffix(s, "."), a.String()) {
			return a, nil
		}
	}
	return 0, fmt.Errorf("%q is no TSIG algorithm known here: there are hmac-sha256, hmac-sha384 and hmac-sha512", s)
}

// wire is the name of the algorithm on the wire.
func (a Algorithm) wire() zones.Name {
	s := a.String()
	return zones.Name(string(rune(len(s))) + s + "\x00")
}

func (a Algorithm) hash() func() hash.Hash {
	switch a {
	case HMACSHA384:
		return sha512.New384
	case HMACSHA512:
		return sha512.New
	default:
		return sha256.New
	}
}

// size is how many octets a MAC has.
func (a Algorithm) size() int { return a.hash()().Size() }

// Key is a secret that two servers share, under a name that both know.
type Key struct {
	Name      zones.Name // in lower case
	Algorithm Algorithm
	Secret    []byte
}

// Keys are the keys of a server. They are immutable; the zero value has none.
type Keys struct {
	byName map[zones.Name]*Key
}

// NewKeys collects keys. Of two with the same name the later counts.
func NewKeys(keys ...*Key) Keys {
	k := Keys{byName: make(map[zones.Name]*Key, len(keys))}
	for _, key := range keys {
		k.byName[key.Name.Lower()] = key
	}
	return k
}

// Key is the key of that name, in any case, or nil.
func (k Keys) Key(name zones.Name) *Key { return k.byName[name.Lower()] }
