package tsig

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

func testKey(t testing.TB, a Algorithm) *Key {
	name, err := zones.ParseName("transfer.example.")
	if err != nil {
		t.Fatal(err)
	}
	return &Key{Name: name, Algorithm: a, Secret: []byte("a secret of thirty-two octets...")}
}

func (k *Key) base64() string { return base64.StdEncoding.EncodeToString(k.Secret) }

// message is a question for AXFR, or a response to it.
func message(t testing.TB, response bool, text string) []byte {
	m := new(dns.Msg).SetAxfr("example.com.")
	m.Id = 0x1234
	m.Response = response
	if text != "" {
		rr, err := dns.NewRR("example.com. 60 IN TXT " + text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// signed is a message signed by the reference.
func signed(t testing.TB, wire []byte, key *Key, keyName, requestMAC string, timersOnly bool, change func(*dns.TSIG)) (out []byte, mac string) {
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		t.Fatal(err)
	}
	m.SetTsig(keyName, key.Algorithm.String()+".", 300, time.Now().Unix())
	if change != nil {
		change(m.IsTsig())
	}
	out, mac, err := dns.TsigGenerate(m, key.base64(), requestMAC, timersOnly)
	if err != nil {
		t.Fatal(err)
	}
	return out, mac
}

// macOf is the MAC of a message, in hex.
func macOf(t testing.TB, msg []byte) string {
	r, err := find(msg)
	if err != nil || r == nil {
		t.Fatal("no TSIG record:", err)
	}
	return hex.EncodeToString(r.mac)
}

// TestReference holds both sides of an exchange of three messages against miekg/dns, with every algorithm.
func TestReference(t *testing.T) {
	for a := range algorithms {
		t.Run(a.String(), func(t *testing.T) {
			key := testKey(t, a)
			t.Run("server", func(t *testing.T) { referenceClient(t, key) })
			t.Run("client", func(t *testing.T) { referenceServer(t, key) })
		})
	}
}

// referenceClient asks with the reference, opens and answers with ours, and verifies with the reference.
func referenceClient(t *testing.T, key *Key) {
	query := message(t, false, "")
	asked, mac := signed(t, query, key, "TRANSFER.Example.", "", false, nil) // the case of names does not count
	bare, s, rcode := Open(asked, NewKeys(key), time.Now())
	if rcode != rcodeNoError || s.Key() != key || string(bare) != string(query) {
		t.Fatalf("Open says rcode %d, session %+v, message %x", rcode, s, bare)
	}
	for i, text := range []string{"one", "two", "three"} {
		response := message(t, true, text)
		size := s.Size()
		answer := s.Sign(response, time.Now())
		if len(answer) != len(response)+size {
			t.Errorf("Sign adds %d octets, Size says %d", len(answer)-len(response), size)
		}
		next := macOf(t, answer)
		if err := dns.TsigVerify(answer, key.base64(), mac, i > 0); err != nil {
			t.Errorf("message %d: %v", i, err)
		}
		mac = next
	}
}

// referenceServer asks with ours, verifies and answers with the reference, and verifies with ours.
func referenceServer(t *testing.T, key *Key) {
	asked, q := Ask(key, message(t, false, ""), time.Now())
	mac := macOf(t, asked)
	if err := dns.TsigVerify(append([]byte(nil), asked...), key.base64(), "", false); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"one", "two", "three"} {
		var answer []byte
		answer, mac = signed(t, message(t, true, text), key, "transfer.example.", mac, i > 0, nil)
		if err := q.Verify(answer, time.Now()); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		if err := q.Done(); err != nil {
			t.Error(err)
		}
	}
}

// A forwarder may change the ID, there and back: the MAC covers the one that the signer had (RFC 8945 section 4.3.2).
func TestForwarded(t *testing.T) {
	key := testKey(t, HMACSHA256)
	asked, q := Ask(key, message(t, false, ""), time.Now())
	binary.BigEndian.PutUint16(asked, 0x4321)
	_, s, rcode := Open(asked, NewKeys(key), time.Now())
	if rcode != rcodeNoError {
		t.Fatal("rcode", rcode)
	}
	response := message(t, true, "one")
	binary.BigEndian.PutUint16(response, 0x4321)
	answer := s.Sign(response, time.Now())
	binary.BigEndian.PutUint16(answer, 0x1234)
	if err := q.Verify(answer, time.Now()); err != nil {
		t.Error(err)
	}
}
