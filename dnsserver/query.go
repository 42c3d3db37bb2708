package dnsserver

// query is what a message asks, in parts that alias the message. Nothing in it is trusted beyond what parse checked.
type query struct {
	id       uint16
	flags    uint16
	question []byte // as sent: name, type, class; nil when it could not be read
	name     []byte // the question's name as sent, uncompressed
	qtype    uint16
	qclass   uint16
	edns     edns
	signed   bool // a TSIG record was met
}

func (q *query) opcode() int { return int(q.flags>>11) & 15 }

// leaves says whether the query leaves the ordinary way of an answer.
func (q *query) leaves() bool {
	return q.signed || q.opcode() == opcodeNotify || q.opcode() == opcodeUpdate || q.qtype == typeAXFR || q.qtype == typeIXFR
}

// parse reads a message, and says with which rcode to answer it, if it is to be answered at all.
//
//	shorter than a header, or a response                          silence (no reply may cause a reply)
//	opcode other than QUERY, NOTIFY and UPDATE                    NOTIMP
//	no question, but a cookie                                     NOERROR (RFC 7873 5.4)
//	not one question, or one that cannot be read                  FORMERR (RFC 9619)
//	a pointer in the question's name                              FORMERR: there is nothing to point to
//	records that cannot be read, two OPT, bytes after the last    FORMERR (RFC 6891 6.1.1)
//	EDNS version above 0                                          BADVERS (RFC 6891 6.1.3)
//	a malformed client subnet                                     FORMERR (RFC 7871 7.1.2)
//	a malformed cookie                                            FORMERR (RFC 7873 5.2.2)
//	otherwise                                                     NOERROR
func (q *query) parse(msg []byte) (rcode int, answer bool) {
	if len(msg) < headerSize {
		return 0, false
	}
	q.id, q.flags = get16(msg, 0), get16(msg, 2)
	if q.flags&flagQR != 0 {
		return 0, false
	}
	at := headerSize
	if get16(msg, 4) >= 1 {
		at = q.parseQuestion(msg)
	}
	if at < 0 || get16(msg, 4) > 1 {
		rcode = rcodeFormErr
	} else {
		rcode = q.parseRecords(msg, at) // also where the answer is no: it has an OPT if the query has (RFC 6891 6.1.1)
	}
	switch {
	case q.opcode() != opcodeQuery && q.opcode() != opcodeNotify && q.opcode() != opcodeUpdate:
		return rcodeNotImp, true
	case get16(msg, 4) == 0 && q.edns.cookie == nil:
		return rcodeFormErr, true
	}
	return rcode, true
}

// parseQuestion reads the first question; it returns the offset after it, or -1.
func (q *query) parseQuestion(msg []byte) int {
	end := skipName(msg, headerSize, false)
	if end < 0 || end+4 > len(msg) {
		return -1
	}
	q.name = msg[headerSize:end]
	q.question = msg[headerSize : end+4]
	q.qtype, q.qclass = get16(msg, end), get16(msg, end+2)
	return end + 4
}

// parseRecords passes over the records after the question, and reads the OPT among the additional ones.
func (q *query) parseRecords(msg []byte, at int) (rcode int) {
	before := int(get16(msg, 6)) + int(get16(msg, 8))
	total := before + int(get16(msg, 10))
	for i := range total {
		name := at
		at = skipName(msg, at, true)
		if at < 0 || at+10 > len(msg) {
			return rcodeFormErr
		}
		rtype, end := get16(msg, at), at+10+int(get16(msg, at+8))
		if end > len(msg) {
			return rcodeFormErr
		}
		q.signed = q.signed || rtype == typeTSIG
		if rtype == typeOPT {
			if i < before || q.edns.present || msg[name] != 0 {
				return rcodeFormErr
			}
			if !q.edns.parse(msg[at:end]) {
				return rcodeFormErr
			}
		}
		at = end
	}
	if at != len(msg) {
		return rcodeFormErr
	}
	if q.edns.version > 0 {
		return rcodeBadVers
	}
	return rcodeNoError
}
