package dnsserver

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// giver serves example.com, and a large zone to everybody who wants to transfer it.
func giver(t testing.TB, s *Transports, delegations int) (*service, *zones.Zone) {
	running := start(t, s, "127.0.0.1:0")
	z := large(t, delegations)
	view := *running.Server.View()
	view.Zones = view.Zones.With(z)
	view.Access = &Access{Transfer: []Rule{{}}}
	running.Server.Publish(&view)
	return running, z
}

// narrow makes a connection on which the server can send no more than the client reads, and little ahead.
func narrow(t testing.TB, s *service) *net.TCPConn {
	t.Helper()
	conn := s.dial(t, "tcp").(*net.TCPConn)
	if err := conn.SetReadBuffer(1 << 16); err != nil {
		t.Fatal(err)
	}
	return conn
}

// receive reads a transfer to its end, and says which answers to other queries, by their IDs, stood between its messages.
func receive(t testing.TB, conn net.Conn, id uint16) (records int, between []uint16) {
	t.Helper()
	for ends := 0; ends < 2; {
		msg := readTCP(t, conn)
		if get16(msg, 0) != id {
			between = append(between, get16(msg, 0))
			continue
		}
		var m dns.Msg
		if err := m.Unpack(msg); err != nil {
			t.Fatal(err)
		}
		for _, rr := range m.Answer {
			if _, ok := rr.(*dns.SOA); ok {
				ends++
			}
		}
		records += len(m.Answer)
	}
	return records, between
}

// TestAnswersBetween shows that a query asked during a transfer, on its connection, is answered before the transfer ends; and
// another transfer takes its turn with it.
func TestAnswersBetween(t *testing.T) {
	s, z := giver(t, &Transports{}, 50_000)
	conn := narrow(t, s)
	write(t, conn, framed(pack(t, 1, "example.", "AXFR")), framed(pack(t, 2, "mail.example.com.", "A")),
		framed(pack(t, 3, "example.com.", "AXFR")), framed(pack(t, 4, "mail.example.com.", "A")))
	records, between := receive(t, conn, 1)
	slices.Sort(between)
	if records != z.Records()+1 || !slices.Equal(between, []uint16{2, 3, 4}) {
		t.Errorf("%d records of %d, and between them stood the answers %v", records, z.Records()+1, between)
	}
}

// TestHalfClosed shows that a client which says that it sends no more is given all of a transfer.
func TestHalfClosed(t *testing.T) {
	s, z := giver(t, &Transports{Idle: 5 * time.Second}, 20_000)
	conn := narrow(t, s)
	write(t, conn, framed(pack(t, 1, "example.", "AXFR")), framed(pack(t, 2, "mail.example.com.", "A")))
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if records, between := receive(t, conn, 1); records != z.Records()+1 || len(between) > 1 {
		t.Errorf("%d records, and answers %v between; want %d", records, between, z.Records()+1)
	}
}

// TestTransferOutlivesIdle shows that a client which takes its time with a transfer, asking nothing, is not idle.
func TestTransferOutlivesIdle(t *testing.T) {
	const idle = 2 * time.Second
	s, z := giver(t, &Transports{Idle: idle}, 20_000)
	conn := narrow(t, s)
	write(t, conn, framed(pack(t, 1, "example.", "AXFR")))
	records, next := 0, time.NewTicker(idle/40)
	defer next.Stop()
	for begun := time.Now(); time.Since(begun) < 3*idle/2; <-next.C {
		records += int(get16(readTCP(t, conn), int(answerSection)))
	}
	if records >= z.Records() {
		t.Fatal("the zone is too small for this test")
	}
	for records <= z.Records() {
		records += int(get16(readTCP(t, conn), int(answerSection)))
	}
	exchangeTCP(t, conn, 2)
}

// TestDeafTransfer: a client that begins a transfer and reads no more is ended, and its place is free again.
func TestDeafTransfer(t *testing.T) {
	s, z := giver(t, &Transports{Idle: time.Second}, 50_000)
	for range maxTransfers + 1 {
		write(t, narrow(t, s), framed(pack(t, 1, "example.", "AXFR")))
	}
	until(t, "the deaf are ended", func() bool { return s.Server.counts.transfers[0][transferFailed].Load() >= maxTransfers })
	conn := s.dial(t, "tcp")
	write(t, conn, framed(pack(t, 1, "example.", "AXFR")))
	if records, _ := receive(t, conn, 1); records != z.Records()+1 {
		t.Errorf("%d records", records)
	}
}

// TestStopDuringTransfer: the server does not wait for a transfer to end.
func TestStopDuringTransfer(t *testing.T) {
	s, _ := giver(t, &Transports{}, 50_000)
	conn := narrow(t, s)
	write(t, conn, framed(pack(t, 1, "example.", "AXFR")))
	readTCP(t, conn)
	begun := time.Now()
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > patience/2 {
		t.Errorf("it took %s", took)
	}
}

// TestReferenceTransfer transfers with the client of miekg/dns, signed.
func TestReferenceTransfer(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	z := large(t, 5000)
	s.Server.Publish(open(z).View())
	transfer := &dns.Transfer{TsigSecret: map[string]string{"ours.": secretOf(ours)}, ReadTimeout: patience}
	query := new(dns.Msg).SetAxfr("example.")
	query.SetTsig("ours.", dns.HmacSHA256, 300, time.Now().Unix())
	parts, err := transfer.In(query, s.at.String())
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	for part := range parts {
		if part.Error != nil {
			t.Fatal(part.Error)
		}
		records += len(part.RR)
	}
	if records != z.Records()+1 {
		t.Errorf("%d records, want %d", records, z.Records()+1)
	}
}
