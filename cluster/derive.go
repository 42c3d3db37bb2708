package cluster

import (
	"crypto/hkdf"
	"crypto/sha256"
)

// Derive gives a secret of 32 octets for a purpose, for each gossip key that this node has: all nodes with the key have
// the same. The first is of the key in use. None without a key.
//
// From a derived secret nothing can be told of the key, nor of the secrets for other purposes (HKDF, RFC 5869).
func (n *Node) Derive(purpose string) (secrets [][]byte) {
	for _, key := range n.ring.keys() {
		secret, err := hkdf.Key(sha256.New, key, nil, "leeward "+purpose, sha256.Size)
		if err != nil {
			panic(err) // only of more octets than the hash can give
		}
		secrets = append(secrets, secret)
	}
	return secrets
}

// keys gives all keys, the one that encrypts first.
func (r *ring) keys() [][]byte {
	if r.list == nil {
		return nil
	}
	return r.list.GetKeys()
}
