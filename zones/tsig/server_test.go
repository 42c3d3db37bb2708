package tsig

import (
	"encoding/binary"
	"testing"
	"time"
)

// Rows follow the chart of Open.
func TestOpen(t *testing.T) {
	key, other := testKey(t, HMACSHA256), testKey(t, HMACSHA256)
	other.Secret = []byte("another")
	now := time.Unix(1_700_000_000, 0)
	ask := func(k *Key, at time.Time) []byte {
		msg, _ := Ask(k, message(t, false, ""), at)
		return msg
	}
	cut := func(to int) []byte { return cutMAC(t, ask(key, now), to) }
	long := testKey(t, HMACSHA512)
	stranger := &Key{Name: "\x05other\x00", Secret: key.Secret}
	twice, _ := Ask(key, ask(key, now), now)
	behind := append(ask(key, now), 0)
	middle := message(t, false, "")
	middle = append(middle, ask(key, now)[len(middle):]...)
	middle = append(middle, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 1, 0)
	binary.BigEndian.PutUint16(middle[10:], 2)
	class := ask(key, now)
	class[len(message(t, false, ""))+len(key.Name)+3] = 1

	for _, row := range []struct {
		name   string
		msg    []byte
		rcode  int
		code   Code
		signed bool // the answer
	}{
		{"no TSIG", message(t, false, ""), rcodeNoError, 0, false},
		{"good", ask(key, now), rcodeNoError, 0, true},
		{"as early as may be", ask(key, now.Add(-Fudge*time.Second)), rcodeNoError, 0, true},
		{"as late as may be", ask(key, now.Add(Fudge*time.Second)), rcodeNoError, 0, true},
		{"two", twice, rcodeFormErr, 0, false},
		{"not last", middle, rcodeFormErr, 0, false},
		{"octets behind", behind, rcodeFormErr, 0, false},
		{"of class IN", class, rcodeFormErr, 0, false},
		{"cut short", ask(key, now)[:80], rcodeFormErr, 0, false},
		{"another name", ask(stranger, now), rcodeNotAuth, BadKey, false},
		{"another algorithm", ask(long, now), rcodeNotAuth, BadKey, false},
		{"another secret", ask(other, now), rcodeNotAuth, BadSig, false},
		{"another secret, and late", ask(other, now.Add(-time.Hour)), rcodeNotAuth, BadSig, false},
		{"too early", ask(key, now.Add(-(Fudge+1)*time.Second)), rcodeNotAuth, BadTime, true},
		{"too late", ask(key, now.Add((Fudge+1)*time.Second)), rcodeNotAuth, BadTime, true},
		{"a MAC of half the hash", cut(16), rcodeNotAuth, BadTrunc, true},
		{"a MAC of half the hash, and late", cutMAC(t, ask(key, now.Add(-time.Hour)), 16), rcodeNotAuth, BadTime, true},
		{"a MAC under half the hash", cut(15), rcodeFormErr, 0, false},
		{"no MAC", cut(0), rcodeFormErr, 0, false},
		{"a MAC longer than the hash", cut(33), rcodeFormErr, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := string(row.msg)
			_, s, rcode := Open(row.msg, NewKeys(key), now)
			if string(row.msg) != before {
				t.Error("Open changes the message")
			}
			if rcode != row.rcode || (s.Key() != nil) != (row.rcode == rcodeNoError && row.signed) {
				t.Fatalf("rcode %d, key %v", rcode, s.Key())
			}
			if s == nil {
				if row.code != 0 || row.signed {
					t.Fatal("no session")
				}
				return
			}
			if s.Code() != row.code {
				t.Errorf("code %s, want %s", s.Code(), row.code)
			}
			response := message(t, true, "")
			size := s.Size()
			answer := s.Sign(append([]byte(nil), response...), now)
			r, err := find(answer)
			if err != nil || r.code != row.code || (len(r.mac) > 0) != row.signed || len(answer) != len(response)+size {
				t.Errorf("the answer's record: %+v, %v", r, err)
			}
		})
	}
}

// cutMAC is a message with the MAC of its TSIG record cut, or filled up, to a size.
func cutMAC(t testing.TB, msg []byte, size int) []byte {
	r, err := find(msg)
	if err != nil || r == nil {
		t.Fatal("no TSIG record:", err)
	}
	r.mac = append(append([]byte(nil), r.mac...), make([]byte, 64)...)[:size]
	msg = append([]byte(nil), msg[:r.at]...)
	binary.BigEndian.PutUint16(msg[10:], binary.BigEndian.Uint16(msg[10:])-1)
	return r.append(msg)
}

// What the server says of a key, time or length comes back as a sentence, verified where it can be.
func TestRefused(t *testing.T) {
	key := testKey(t, HMACSHA256)
	other := *key
	other.Secret = []byte("another")
	now := time.Unix(1_700_000_000, 0)
	for _, row := range []struct {
		name string
		keys Keys // of the server
		late time.Duration
		want string
	}{
		{"BADKEY", NewKeys(), 0, "the server refuses the key transfer.example.: it knows no such key with this algorithm (BADKEY)"},
		{"BADSIG", NewKeys(&other), 0, "the server refuses the key transfer.example.: it has another secret under this name (BADSIG)"},
		{"BADTIME", NewKeys(key), time.Hour, "the clocks differ: it is 2023-11-14T23:13:20Z there and 2023-11-14T22:13:20Z here"},
		{"good", NewKeys(key), 0, "<nil>"},
	} {
		asked, q := Ask(key, message(t, false, ""), now)
		_, s, _ := Open(asked, row.keys, now.Add(row.late))
		answer := s.Sign(message(t, true, ""), now.Add(row.late))
		got := "<nil>"
		if err := q.Verify(answer, now); err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}
