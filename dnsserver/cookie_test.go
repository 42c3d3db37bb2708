package dnsserver

import (
	"encoding/hex"
	"net/netip"
	"testing"
	"time"
)

// TestSipHash holds the hash against the vectors of its authors: the key and the message count up from 0.
func TestSipHash(t *testing.T) {
	var key [16]byte
	var msg []byte
	for i := range key {
		key[i] = byte(i)
	}
	want := map[int]uint64{0: 0x726fdb47dd0e0e31, 1: 0x74f839c593dc67fd, 7: 0xab0200f58b01d137, 8: 0x93f5f5799a932462,
		15: 0xa129ca6149be45e5, 63: 0x958a324ceb064572}
	for n := range 64 {
		if w, ok := want[n]; ok && sipHash(key, msg) != w {
			t.Errorf("of %d octets: %x, want %x", n, sipHash(key, msg), w)
		}
		msg = append(msg, byte(n))
	}
}

func secret(t testing.TB, text string) (s [16]byte) {
	t.Helper()
	octets, err := hex.DecodeString(text)
	if err != nil || len(octets) != len(s) {
		t.Fatal("no secret:", text, err)
	}
	return [16]byte(octets)
}

// Secrets of RFC 9018, appendix A.
const (
	secretA = "e5e973e5a6b2a43f48e7dc849e37bfcf"
	secretB = "dd3bdf9344b678b185a6f5cb60fca715"
	secretC = "445536bcd2513298075a5d379663c962"
)

// Rows follow the chart of Cookies.answer; those with an appendix are the examples of RFC 9018.
func TestCookies(t *testing.T) {
	const (
		first = "2464c4abcf10c957"
		young = "2464c4abcf10c957010000005cf79f111f8130c3eee29480"
		later = "2464c4abcf10c957010000005cf7a871d4a564a1442aca77"
		six   = "22681ab97d52c298010000005cf7c57926556bd0934c72f8"
	)
	for _, row := range []struct {
		name, client      string
		now               int64
		current, previous string
		sent              string
		state             cookieState
		given             string // "": a fresh one, whatever it is
	}{
		{"a client cookie alone (A.1)", "198.51.100.100", 1559731985, secretA, secretA, first, cookieFirst, young},
		{"young", "198.51.100.100", 1559731985 + 1799, secretA, secretA, young, cookieGood, young},
		{"40 minutes old (A.2)", "198.51.100.100", 1559734385, secretA, secretA, young, cookieGood, later},
		{"reserved octets in use (A.3)", "203.0.113.203", 1559734700, secretA, secretA,
			"fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", cookieBad, "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"},
		{"the same, while it is not too old", "203.0.113.203", 1559728000, secretA, secretA,
			"fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", cookieGood, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5"},
		{"IPv6, previous secret (A.4)", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, secretC, secretB, six, cookieGood,
			"22681ab97d52c298010000005cf7c609a6bb79d16625507a"},
		{"secret unknown", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, secretC, secretA, six, cookieBad,
			"22681ab97d52c298010000005cf7c609a6bb79d16625507a"},
		{"an hour old", "198.51.100.100", 1559731985 + 3600, secretA, secretA, young, cookieGood, ""},
		{"older than an hour", "198.51.100.100", 1559731985 + 3601, secretA, secretA, young, cookieBad, ""},
		{"five minutes ahead", "198.51.100.100", 1559731985 - 300, secretA, secretA, young, cookieGood, young},
		{"further ahead", "198.51.100.100", 1559731985 - 301, secretA, secretA, young, cookieBad, ""},
		{"from another address", "198.51.100.101", 1559731985, secretA, secretA, young, cookieBad, ""},
		{"a hash that is wrong", "198.51.100.100", 1559731985, secretA, secretA, young[:47] + "1", cookieBad, young},
		{"version 2", "198.51.100.100", 1559731985, secretA, secretA, first + "02" + young[18:], cookieBad, young},
		{"16 octets", "198.51.100.100", 1559731985, secretA, secretA, young[:32], cookieBad, young},
		{"40 octets", "198.51.100.100", 1559731985, secretA, secretA, young + young[:32], cookieBad, young},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := NewCookies(secret(t, row.current), secret(t, row.previous))
			c.now = func() time.Time { return time.Unix(row.now, 0) }
			sent, err := hex.DecodeString(row.sent)
			if err != nil {
				t.Fatal(err)
			}
			client := netip.MustParseAddr(row.client)
			given, state := c.answer(sent, client)
			if state != row.state {
				t.Errorf("state %d, want %d", state, row.state)
			}
			if got := hex.EncodeToString(given[:]); row.given != "" && got != row.given || row.given == "" && got == row.sent {
				t.Errorf("given %s, want %s", got, row.given)
			}
			if again, state := c.answer(given[:], client); state != cookieGood || row.given == "" && again != given {
				t.Errorf("what was given is in state %d", state)
			}
		})
	}
}
