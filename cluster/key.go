package cluster

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// keySize is the size of a gossip key in octets: AES-256.
const keySize = 32

// NewKey makes a gossip key: base64 of 32 random octets, the form of cluster.key_file.
func NewKey() string {
	key := make([]byte, keySize)
	rand.Read(key) // never fails (crypto/rand)
	return base64.StdEncoding.EncodeToString(key)
}

// ParseKey reads a gossip key in the form that NewKey gives. The error does not repeat the text, which is secret.
func ParseKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("not base64 (make a key with: leeward keys new > FILE)") // the decoder would say where, and so what stands there
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("a key of %d octets, %d are wanted (make a key with: leeward keys new > FILE)", len(key), keySize)
	}
	return key, nil
}
