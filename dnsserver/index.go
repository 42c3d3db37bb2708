package dnsserver

import "bytes"

// index remembers where in a message of a transfer names stand: many, and each in its own letter case (RFC 5936 3.4).
type index struct {
	slots [4096]uint16 // offsets by hash; 0: free
	used  int
}

// find is the offset of a name in the message, or 0.
func (x *index) find(msg, name []byte) int {
	at, _ := x.seek(msg, name)
	return at
}

// add remembers a name that is about to be written at an offset, unless there are names enough.
func (x *index) add(msg, name []byte, at int) {
	if at > maxPointer || x.used > len(x.slots)/2 {
		return
	}
	if _, slot := x.seek(msg, name); x.slots[slot] == 0 {
		x.slots[slot] = uint16(at)
		x.used++
	}
}

// seek is the offset of a name, and its slot; or 0, and a free slot.
func (x *index) seek(msg, name []byte) (at, slot int) {
	const offset, prime = 2166136261, 16777619 // FNV-1a
	hash := uint32(offset)
	for _, c := range name {
		hash = (hash ^ uint32(c)) * prime
	}
	for slot = int(hash>>8) % len(x.slots); x.slots[slot] != 0; slot = (slot + 1) % len(x.slots) {
		if at = int(x.slots[slot]); exactName(msg, at, name) {
			return at, slot
		}
	}
	return 0, slot
}

// exactName says whether the name at an offset of the message, which may be compressed, is the given one. The message may
// end within it: then it is being written.
func exactName(msg []byte, at int, name []byte) bool {
	for {
		for at+1 < len(msg) && msg[at] >= 0xC0 {
			at = int(get16(msg, at)) & maxPointer
		}
		end := at + 1
		if at < len(msg) {
			end += int(msg[at])
		}
		if end > len(msg) || end-at > len(name) || !bytes.Equal(msg[at:end], name[:end-at]) {
			return false
		}
		if name[0] == 0 {
			return true
		}
		at, name = end, name[end-at:]
	}
}
