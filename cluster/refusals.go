package cluster

import (
	"strings"
	"sync/atomic"
)

// Refusals counts packets and streams that were not taken, by cause.
type Refusals struct {
	Key       uint64 // under another gossip key, or under none, or under one where there is none here
	Allow     uint64 // from an address that may not speak to this node
	Malformed uint64 // not understood
	Crowd     uint64 // streams beyond what a node holds at a time
}

// Total is how many of any cause.
func (r Refusals) Total() uint64 { return r.Key + r.Allow + r.Malformed + r.Crowd }

// refusal is why something was refused.
type refusal int

const (
	refusedKey refusal = iota
	refusedAllow
	refusedMalformed
	refusedCrowd
	refusalKinds
)

// refusals counts them.
type refusals [refusalKinds]atomic.Uint64

func (r *refusals) add(why refusal) { r[why].Add(1) }

func (r *refusals) read() Refusals {
	return Refusals{Key: r[refusedKey].Load(), Allow: r[refusedAllow].Load(), Malformed: r[refusedMalformed].Load(), Crowd: r[refusedCrowd].Load()}
}

// dropsKey says whether a text of memberlist's tells of a peer that cannot read our messages in a message that we can read:
// it uses a key that we have, and has dropped the one that we encrypt with.
func dropsKey(text string) bool {
	return strings.Contains(text, "remote error: no installed keys could decrypt the message")
}

// lackOfKey says whether a text of memberlist's, which has these errors only as text, tells of the want of a common key:
// another key, none there, none here.
func lackOfKey(text string) bool {
	for _, s := range []string{
		"no installed keys could decrypt the message",
		"encryption is not configured",
		"encryption is configured but remote state is not encrypted",
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
