package dnsserver

// maxPointer is the highest offset that a compression pointer can name (RFC 1035 4.1.4).
const maxPointer = 1<<14 - 1

// names remembers where in the message names stand, so that later ones can point to them.
type names struct {
	n    int
	at   [48]uint16
	size [48]uint8 // octets of the name at that place, uncompressed
}

// note remembers a name written at an offset without compression, and each of its suffixes.
func (ns *names) note(name []byte, at int) {
	for i := 0; name[i] != 0; i += 1 + int(name[i]) {
		ns.add(at+i, len(name)-i)
	}
}

func (ns *names) add(at, size int) {
	if ns.n < len(ns.at) && at <= maxPointer {
		ns.at[ns.n], ns.size[ns.n] = uint16(at), uint8(size)
		ns.n++
	}
}

// find is the offset of a name in the message, or 0.
func (ns *names) find(msg, name []byte) int {
	for i := range ns.n {
		if int(ns.size[i]) == len(name) && sameName(msg, int(ns.at[i]), name) {
			return int(ns.at[i])
		}
	}
	return 0
}

// putName writes a name, compressed as far as the message allows, and returns an offset at which the name can be
// pointed to; 0 when there is none.
func (r *reply) putName(name []byte) int {
	start := len(r.out)
	for i := 0; name[i] != 0; i += 1 + int(name[i]) {
		if at := r.find(name[i:]); at != 0 {
			r.out = append(r.out, 0xC0|byte(at>>8), byte(at))
			if i == 0 {
				return at
			}
			return pointable(start)
		}
		r.remember(name[i:])
		r.out = append(r.out, name[i:i+1+int(name[i])]...)
	}
	r.out = append(r.out, 0)
	return pointable(start)
}

// find is the offset of a name in the message, or 0.
func (r *reply) find(name []byte) int {
	if r.index != nil {
		return r.index.find(r.out, name)
	}
	return r.names.find(r.out, name)
}

// remember notes a name that is about to be written.
func (r *reply) remember(name []byte) {
	if r.index != nil {
		r.index.add(r.out, name, len(r.out))
		return
	}
	r.names.add(len(r.out), len(name))
}

func pointable(at int) int {
	if at > maxPointer {
		return 0
	}
	return at
}

// sameName says whether the name at an offset of the message, which may be compressed, is the given one, letter case
// aside (RFC 4343). Pointers in a message of our own always lead back.
func sameName(msg []byte, at int, name []byte) bool {
	for i := 0; ; {
		for msg[at] >= 0xC0 {
			at = int(get16(msg, at)) & maxPointer
		}
		n := int(msg[at])
		if n != int(name[i]) {
			return false
		}
		if n == 0 {
			return true
		}
		end, next := at+1+n, i+1+n
		if !sameLabel(msg[at+1:end], name[i+1:next]) {
			return false
		}
		at, i = end, next
	}
}

// sameLabel says whether two labels of one size are the same, letter case aside.
func sameLabel(a, b []byte) bool {
	if string(a) == string(b) { // nearly always, if they are
		return true
	}
	for i := range a {
		if fold(a[i]) != fold(b[i]) {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
