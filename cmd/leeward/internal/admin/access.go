package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// Access is who may come in by an address.
type Access struct {
	Anonymous bool // who shows nothing may look: on loopback
	Tokens    []Token
	Clients   []Certified
	Identity  *Identity // the node's own; nil: no TLS
}

// authenticates says whether anything can be shown.
func (a *Access) authenticates() bool { return len(a.Tokens)+len(a.Clients) > 0 }

// Token is a bearer token, known by its hash: tokens are random, so that nothing can be guessed from it.
type Token struct {
	Name   string
	Role   Role
	SHA256 [sha256.Size]byte
}

// Certified is a name in clients' certificates.
type Certified struct {
	Name string
	Role Role
}

// tokenPrefix marks tokens, so that who looks for secrets that have strayed finds them.
const tokenPrefix = "leeward_"

// NewToken makes a token of 256 random bits, and its hash.
func NewToken() (token string, sum [sha256.Size]byte) {
	var octets [32]byte
	rand.Read(octets[:]) // never fails (crypto/rand)
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(octets[:])
	return token, sha256.Sum256([]byte(token))
}

// bearer finds whose token it is. It takes the same time for each that is none.
func (a *Access) bearer(token string) (found Token, ok bool) {
	sum := sha256.Sum256([]byte(token))
	for _, t := range a.Tokens {
		if subtle.ConstantTimeCompare(sum[:], t.SHA256[:]) == 1 {
			found, ok = t, true
		}
	}
	return found, ok
}
