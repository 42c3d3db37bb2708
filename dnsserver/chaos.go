package dnsserver

import "bytes"

// chaos answers for the server's own names in class CH (RFC 4892, and BIND's older ones).
//
//	version.bind, version.server         View.Version
//	id.server, hostname.bind             View.NSID
//	the same, when that is ""            REFUSED
//	any other name                       REFUSED
//	one of them, type not TXT or ANY     NODATA
func (a *answering) chaos() (rcode int) {
	var buf [maxName]byte
	text := ""
	switch name := lower(buf[:], a.query.name); {
	case bytes.Equal(name, []byte("\x07version\x04bind\x00")), bytes.Equal(name, []byte("\x07version\x06server\x00")):
		text = a.view.Version
	case bytes.Equal(name, []byte("\x02id\x06server\x00")), bytes.Equal(name, []byte("\x08hostname\x04bind\x00")):
		text = a.view.NSID
	}
	if text == "" {
		return rcodeRefused
	}
	r := &a.reply
	r.flags |= flagAA
	if a.query.qtype != typeTXT && a.query.qtype != typeANY {
		return rcodeNoError
	}
	text = text[:min(len(text), 255)]
	if len(r.out)+13+len(text) > r.limit {
		r.flags |= flagTC
		return rcodeNoError
	}
	r.out = append(r.out, 0xC0, headerSize, 0, typeTXT, 0, classCH, 0, 0, 0, 0, 0, byte(len(text)+1), byte(len(text)))
	r.out = append(r.out, text...)
	r.count(answerSection)
	return rcodeNoError
}
