package dnsserver

import (
	"context"
	"net"
	"testing"
	"time"
)

// TestStopAnswersWhatWasTaken: queries that were taken from a socket are answered though the service stops at that moment.
func TestStopAnswersWhatWasTaken(t *testing.T) {
	l, err := Listen(port("127.0.0.1:0"), Sockets{Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("udp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	const queries = 20
	for id := range uint16(queries) {
		write(t, client, pack(t, id, "mail.example.com.", "A"))
	}
	s := &Transports{Server: New()}
	s.Server.Publish(plainView(t))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.serveUDP(ctx, l, l.udp[0]); err != nil {
		t.Fatal(err)
	}
	for id := range uint16(queries) {
		wantReply(t, readUDP(t, client), id)
	}
}
