package cluster

import (
	"bytes"
	"compress/lzw"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"net/netip"
)

// seal encrypts as memberlist does.
func seal(key, plain, extra []byte) []byte {
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce)
	return gcm.Seal(append([]byte{sealed}, nonce...), nonce, plain, extra)
}

// sealStream encrypts as memberlist does on streams.
func sealStream(key, plain []byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte{sealedStream}, uint32(minSealed+len(plain)))
	return append(head, seal(key, plain, head)...)
}

// Memberlist's types of messages.
const (
	typePing     = 0
	typeAlive    = 4
	typePushPull = 6
	typeCompound = 7
	typeUser     = 8
	typeCompress = 9
)

// packed encodes what memberlist puts in its messages: names and values.
func packed(kind byte, fields ...any) []byte {
	b := []byte{kind, 0x80 | byte(len(fields)/2)}
	for _, f := range fields {
		switch f := f.(type) {
		case int:
			b = binary.BigEndian.AppendUint32(append(b, 0xce), uint32(f))
		case string:
			b = append(binary.BigEndian.AppendUint16(append(b, 0xda), uint16(len(f))), f...)
		}
	}
	return b
}

// alive is memberlist's message that a node lives.
func alive(name string, at netip.AddrPort, m meta) []byte {
	return packed(typeAlive, "Incarnation", 1, "Node", name, "Addr", string(at.Addr().AsSlice()), "Port", int(at.Port()),
		"Meta", string(putMeta(nil, &m)), "Vsn", "\x01\x05\x02\x00\x00\x00")
}

// compound packs messages into one, again and again.
func compound(msg []byte, depth int) []byte {
	for range depth {
		const parts = 2
		b := []byte{typeCompound, parts}
		for range parts {
			b = binary.BigEndian.AppendUint16(b, uint16(len(msg)))
		}
		msg = append(b, bytes.Repeat(msg, parts)...)
	}
	return msg
}

// bomb is a small message that memberlist unpacks to a large one, within which the same waits.
func bomb(depth int) []byte {
	msg := make([]byte, 1<<20)
	for range depth {
		var b bytes.Buffer
		w := lzw.NewWriter(&b, lzw.LSB, 8)
		w.Write(msg)
		w.Close()
		if b.Len() > 1<<15 {
			break
		}
		msg = packed(typeCompress, "Algo", 0, "Buf", b.String())
	}
	return msg
}
