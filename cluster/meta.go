package cluster

import "encoding/binary"

// meta is what a member says of itself when it joins.
type meta struct {
	Incarnation uint64
	Colo        string
	Version     string
	unread      bool // it was not understood: the member speaks another format version
}

func putMeta(b []byte, v *meta) []byte {
	b = append(b, format)
	b = binary.BigEndian.AppendUint64(b, v.Incarnation)
	b = putText(b, v.Colo)
	return putText(b, v.Version)
}

func readMeta(b []byte) (v meta, err error) {
	r := &reader{b: b}
	if f := r.octet(); r.err == nil && f != format {
		return v, errFormat
	}
	v.Incarnation = r.word()
	v.Colo, v.Version = r.text(maxName), r.text(maxVersion)
	return v, r.end()
}
