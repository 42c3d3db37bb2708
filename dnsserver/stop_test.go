package dnsserver

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestNoAnswerIsLostOverUDP when the service stops: clients get all that it answered. A last datagram, which is no
// answer, tells each client that no more will come.
func TestNoAnswerIsLostOverUDP(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	query := pack(t, 1, "mail.example.com.", "A")
	var got atomic.Uint64
	var running sync.WaitGroup
	var clients []*net.UDPConn
	for range 4 {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		clients = append(clients, conn)
		running.Go(func() {
			reply := make([]byte, maxMessage)
			for n := headerSize; n >= headerSize; got.Add(1) {
				_, _ = conn.WriteToUDPAddrPort(query, s.at)
				n, _, _ = conn.ReadFromUDPAddrPort(reply)
			}
		})
	}
	until(t, "answers come", func() bool { return got.Load() > 500 })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range clients {
		if _, err := conn.WriteTo([]byte("over"), conn.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	running.Wait()
	if answered := s.answered(UDP); got.Load() != answered+uint64(len(clients)) {
		t.Errorf("%d datagrams came for %d answers and %d last ones", got.Load(), answered, len(clients))
	}
}

// TestNoAnswerIsLostOverTCP when the service stops: clients that have many queries on the way, and leave the answers lie
// for long, get all that it answered.
func TestNoAnswerIsLostOverTCP(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	query := framed(pack(t, 1, "mail.example.com.", "A"))
	var got atomic.Uint64
	var running sync.WaitGroup
	for range 4 {
		conn := s.dial(t, "tcp").(*net.TCPConn)
		if err := conn.SetReadBuffer(1 << 16); err != nil {
			t.Fatal(err)
		}
		onTheWay, over := make(chan bool, 8000), make(chan bool)
		running.Go(func() {
			for err := error(nil); err == nil; {
				select {
				case onTheWay <- true:
					_, err = conn.Write(query)
				case <-over:
					return
				}
			}
		})
		running.Go(func() {
			for _, err := nextTCP(conn); err == nil; _, err = nextTCP(conn) {
				got.Add(1)
				<-onTheWay
			}
			close(over)
			conn.Close()
		})
	}
	until(t, "answers come", func() bool { return got.Load() > 10000 })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	running.Wait()
	if answered := s.answered(TCP); got.Load() != answered {
		t.Errorf("%d answers came of %d", got.Load(), answered)
	}
}

// sendOn sends a message until the connection is ended.
func sendOn(conn net.Conn, msg []byte) error {
	for {
		if _, err := conn.Write(msg); err != nil {
			return err
		}
	}
}

// TestRunWaitsForTheQueryInHand. A defect holds it in hand: it is told about in a log that takes no line for now.
func TestRunWaitsForTheQueryInHand(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			s := start(t, &Transports{}, "127.0.0.1:0")
			log := stuckLog{Handler: slog.DiscardHandler, stuck: make(chan bool), free: make(chan bool)}
			s.Logger = slog.New(log)
			s.Server.Publish(&View{})
			conn := s.dial(t, network)
			query := pack(t, 1, "mail.example.com.", "A")
			if network == "tcp" {
				query = framed(query)
			}
			write(t, conn, query)
			<-log.stuck
			ended := make(chan error, 1)
			go func() { ended <- s.stop() }()
			until(t, "the listener is closed", func() bool { return !accepts(s) })
			select {
			case err := <-ended:
				t.Errorf("Run returned with a query in hand: %v", err)
			default:
			}
			close(log.free)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// stuckLog takes a line when it is free.
type stuckLog struct {
	slog.Handler
	stuck, free chan bool
}

func (l stuckLog) Enabled(context.Context, slog.Level) bool { return true }

func (l stuckLog) Handle(context.Context, slog.Record) error {
	l.stuck <- true
	<-l.free
	return nil
}

func accepts(s *service) bool {
	conn, err := net.Dial("tcp", s.at.String())
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// TestStopDoesNotWaitForTheDeaf: a client that does not read its answers cannot hold the service for the idle time.
func TestStopDoesNotWaitForTheDeaf(t *testing.T) {
	s := start(t, &Transports{Idle: time.Hour}, "127.0.0.1:0")
	deaf := s.dial(t, "tcp")
	query := framed(pack(t, 1, "big.example.com.", "A"))
	go sendOn(deaf, query)
	last, same := uint64(0), 0
	until(t, "the server is stuck in writing", func() bool {
		if now := s.answered(TCP); now == 0 || now != last {
			last, same = now, 0
		}
		same++
		return same > 50
	})
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}
