package tsig

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// server is a slow and obvious one that signs only some messages, as NSD does every 96th: it keeps what is not signed yet,
// and puts together the octets that RFC 8945 section 5.3.1 lists.
type server struct {
	key    *Key
	before []byte // MAC
	held   []byte // messages since
	begun  bool
}

func (s *server) sign(msg []byte, now time.Time) []byte {
	r := record{at: len(msg), name: s.key.Name, algorithm: s.key.Algorithm.wire(), signed: uint64(now.Unix()), fudge: Fudge,
		id: binary.BigEndian.Uint16(msg)}
	mac := hmac.New(sha256.New, s.key.Secret)
	input := append([]byte{0, byte(len(s.before))}, s.before...)
	input = append(append(input, s.held...), msg...)
	if s.begun {
		input = r.appendTimers(input)
	} else {
		input = append(input, r.variables()...)
	}
	_, _ = mac.Write(input)
	r.mac = mac.Sum(nil)
	s.before, s.held, s.begun = r.mac, nil, true
	return r.append(append([]byte(nil), msg...))
}

// Rows are streams: s a signed message, u one that is not, x one that was changed on the way.
func TestStreams(t *testing.T) {
	key := testKey(t, HMACSHA256)
	now := time.Unix(1_700_000_000, 0)
	many := func(n int) (s string) {
		for range n {
			s += "u"
		}
		return s
	}
	for _, row := range []struct{ stream, want string }{
		{"", "the answer is not signed"},
		{"s", ""},
		{"ss", ""},
		{"sus", ""},
		{"s" + many(99) + "s", ""},
		{"s" + many(95) + "s" + many(95) + "s", ""},
		{"s" + many(99) + "s" + many(99) + "s", ""},
		{"s" + many(100) + "s", "message 100: 100 messages of the answer in a row are not signed"},
		{"u", "message 0: the answer is not signed"},
		{"su", "the last message of the answer is not signed"},
		{"x", "message 0: the signature of the answer with the key transfer.example. is wrong"},
		{"sx", "message 1: the signature of the answer with the key transfer.example. is wrong"},
		{"suds", "message 3: the signature of the answer with the key transfer.example. is wrong"},
	} {
		asked, q := Ask(key, message(t, false, ""), now)
		r, err := find(asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := play(t, row.stream, &server{key: key, before: r.mac}, q, now); got != row.want {
			t.Errorf("%s: %q, want %q", row.stream, got, row.want)
		}
	}
}

// play sends a stream and gives the client's first complaint. A d is an unsigned message that was dropped on the way.
func play(t *testing.T, stream string, s *server, q *Query, now time.Time) string {
	for i, kind := range []byte(stream) {
		msg := message(t, true, fmt.Sprint("message", i))
		switch kind {
		case 's':
			msg = s.sign(msg, now)
		case 'x':
			msg = s.sign(msg, now)
			msg[3] ^= 1
		default:
			s.held = append(s.held, msg...)
		}
		if kind == 'd' {
			continue
		}
		if err := q.Verify(msg, now); err != nil {
			return fmt.Sprintf("message %d: %v", i, err)
		}
	}
	if err := q.Done(); err != nil {
		return err.Error()
	}
	return ""
}

// A signature under another name, from another time, or cut short is none.
func TestVerify(t *testing.T) {
	key := testKey(t, HMACSHA256)
	now := time.Unix(1_700_000_000, 0)
	for _, row := range []struct {
		name   string
		change func(answer []byte) []byte
		at     time.Time
		want   string
	}{
		{"cut short", func(b []byte) []byte { return cutMAC(t, b, 16) }, now, "the signature of the answer with the key transfer.example. is wrong"},
		{"played back later", func(b []byte) []byte { return b }, now.Add(time.Hour), "the answer was signed at 2023-11-14T22:13:20Z, and here it is 2023-11-14T23:13:20Z"},
		{"another key", func([]byte) []byte {
			msg, _ := Ask(&Key{Name: "\x01x\x00", Algorithm: HMACSHA512}, message(t, true, ""), now)
			return msg
		}, now, "the answer is signed with the key x. (hmac-sha512.), not with transfer.example. (hmac-sha256)"},
		{"no DNS message", func([]byte) []byte { return []byte("?") }, now, "a message shorter than its header"},
	} {
		asked, q := Ask(key, message(t, false, ""), now)
		_, s, _ := Open(asked, NewKeys(key), now)
		err := q.Verify(row.change(s.Sign(message(t, true, ""), now)), row.at)
		if err == nil || err.Error() != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

func TestParseAlgorithm(t *testing.T) {
	for text, want := range map[string]string{"hmac-sha256": "hmac-sha256", "HMAC-SHA384.": "hmac-sha384", "hmac-sha512": "hmac-sha512"} {
		if a, err := ParseAlgorithm(text); err != nil || a.String() != want {
			t.Errorf("%s: %s, %v", text, a, err)
		}
	}
	for _, text := range []string{"", "hmac-md5.sig-alg.reg.int", "hmac-sha1", "sha256"} {
		if _, err := ParseAlgorithm(text); err == nil {
			t.Errorf("%q is an algorithm", text)
		}
	}
}
