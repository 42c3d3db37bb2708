package tsig

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// FuzzOpen wants of any octets an error, or a message that the reference reads alike; and of what is changed on the way
// that it is found out.
func FuzzOpen(f *testing.F) {
	key := testKey(f, HMACSHA256)
	now := time.Unix(1_700_000_000, 0)
	asked, _ := Ask(key, message(f, false, ""), now)
	f.Add(asked)
	f.Add(message(f, false, ""))
	f.Add(cutMAC(f, asked, 16))
	f.Add(append(append([]byte(nil), asked[:len(asked)-70]...), 0xC0, 12))
	f.Fuzz(func(t *testing.T, msg []byte) {
		_, s, rcode := Open(msg, NewKeys(key), now)
		if s != nil {
			answer := s.Sign(message(t, true, ""), now)
			if _, err := find(answer); err != nil {
				t.Errorf("the answer's TSIG record: %v", err)
			}
		}
		if s.Key() != nil && rcode == rcodeNoError && string(msg[2:]) != string(asked[2:]) && !sameBut(msg, asked) {
			t.Errorf("%x is let through", msg)
		}
		var reference dns.Msg
		if r, err := find(msg); err == nil && r != nil && reference.Unpack(msg) == nil {
			rr := reference.IsTsig()
			if rr == nil || rr.TimeSigned != r.signed || rr.OrigId != r.id {
				t.Fatalf("%+v, the reference reads %v", r, rr)
			}
			if name, err := zones.ParseName(rr.Hdr.Name); err != nil || name.Lower() != r.name {
				t.Errorf("the key is %s, the reference reads %s", r.name, rr.Hdr.Name)
			}
		}
		_, q := Ask(key, message(t, false, ""), now)
		if err := q.Verify(msg, now); err == nil {
			t.Errorf("%x verifies as an answer to another query", msg)
		}
	})
}

// sameBut says whether two messages differ only in what no MAC covers: the ID, the letter case of names in the TSIG record
// and how its name is written.
func sameBut(a, b []byte) bool {
	ra, errA := find(a)
	rb, errB := find(b)
	return errA == nil && errB == nil && ra.at == rb.at && string(a[2:ra.at]) == string(b[2:rb.at]) && string(ra.mac) == string(rb.mac)
}
