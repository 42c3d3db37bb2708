package cluster

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAnotherKey(t *testing.T) {
	for name, keys := range map[string][][2][]byte{
		"another": {{testKey, bytes.Repeat([]byte{8}, keySize)}},
		"none":    {{testKey, nil}, {nil, testKey}},
	} {
		for _, pair := range keys {
			t.Run(name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.cluster(2, func(o *Options) { o.Keys = keyring(pair[0]) })
					other := w.start(3, func(o *Options) { o.Keys = keyring(pair[1]) })
					<-other.done
					var key *KeyError
					if !errors.As(other.err, &key) || len(key.Peers) != 2 {
						t.Fatalf("it ended with %v", other.err)
					}
					if want := " cannot read our messages: another gossip key (cluster.key_file)"; !strings.HasSuffix(key.Error(), want) {
						t.Errorf("%q", key)
					}
					if n := w.nodes[0].Refused(); n != (Refusals{Key: 1}) {
						t.Errorf("the peer refused %+v", n)
					}
				})
			})
		}
	}
}

func keyring(key []byte) [][]byte {
	if key == nil {
		return nil
	}
	return [][]byte{key}
}

// One peer that can read us is enough; the other is logged.
func TestOnePeerHasAnotherKey(t *testing.T) {
	inWorld(t, func(w *world) {
		<-w.start(1, func(o *Options) { o.Join, o.Keys = nil, keyring(bytes.Repeat([]byte{8}, keySize)) }).Ready()
		<-w.start(2, func(o *Options) { o.Join = nil }).Ready()
		third := w.start(3)
		w.await("two are members", 5*time.Second, func() bool { return len(third.Alive()) == 2 })
		time.Sleep(time.Minute)
		if n := third.log.count("another gossip key (cluster.key_file)"); n != 1 {
			t.Errorf("logged %d times", n)
		}
		if n := w.nodes[0].log.count("a stranger, or a node with another gossip key"); n < 1 || n > 2 {
			t.Errorf("the peer logged %d times for %+v", n, w.nodes[0].Refused())
		}
	})
}

// The second key of a ring reads what a node with that key says: keys are changed without a stop.
func TestKeyRing(t *testing.T) {
	inWorld(t, func(w *world) {
		next := bytes.Repeat([]byte{8}, keySize)
		w.start(1, func(o *Options) { o.Keys = [][]byte{testKey, next} })
		w.start(2, func(o *Options) { o.Keys = [][]byte{next, testKey} })
		w.await("both are members", 5*time.Second, func() bool {
			return len(w.nodes[0].Alive()) == 2 && len(w.nodes[1].Alive()) == 2
		})
	})
}

func TestParseKey(t *testing.T) {
	made := NewKey()
	if made == NewKey() {
		t.Error("two keys are the same")
	}
	for text, want := range map[string]string{
		made:         "",
		made + "\n":  "",
		"":           "a key of 0 octets, 32 are wanted",
		made[:40]:    "a key of 30 octets, 32 are wanted",
		"no base64 ": "not base64",
	} {
		key, err := ParseKey(text)
		if want == "" && (err != nil || len(key) != keySize) {
			t.Errorf("%q: %v", text, err)
		}
		if want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
