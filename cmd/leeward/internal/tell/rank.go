package tell

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Rank is the place of a node among all in telling of an incident, from 0: by rendezvous, so that nodes agree on it without
// a word, different incidents are told by different nodes, and who comes or goes moves few.
func Rank(node, incident string, nodes []string) int {
	weight := func(name string) []byte {
		sum := sha256.Sum256([]byte(incident + "\x00" + name))
		return sum[:]
	}
	own := weight(node)
	rank := 0
	for _, other := range slices.Compact(slices.Sorted(slices.Values(nodes))) {
		if other != node && bytes.Compare(weight(other), own) > 0 {
			rank++
		}
	}
	return rank
}
