package capture

import (
	"bytes"
	"fmt"
	"testing"

	"leeward/dnsserver"
)

// exchanges are so many, each with its number in the ID.
func exchanges(from, count, size int) (list []dnsserver.Exchange) {
	for i := range count {
		query := make([]byte, size)
		query[0], query[1] = byte((from+i)>>8), byte(from+i)
		list = append(list, dnsserver.Exchange{Query: query, Response: bytes.Repeat([]byte{byte(from + i)}, size), View: &dnsserver.View{}})
	}
	return list
}

// drain reads the numbers of all that wait.
func drain(t *testing.T, q *Queue) (numbers []int) {
	t.Helper()
	for {
		select {
		case b := <-q.Full():
			for _, e := range b.Exchanges {
				if len(e.Response) > 0 && e.Response[len(e.Response)-1] != e.Query[1] || e.View == nil {
					t.Errorf("query %d has another's response, or no view", e.Query[1])
				}
				numbers = append(numbers, int(e.Query[0])<<8|int(e.Query[1]))
			}
			q.Done(b)
		default:
			return numbers
		}
	}
}

// TestChoice: what is taken of what is offered.
func TestChoice(t *testing.T) {
	response := exchanges(0, 1, 20)
	response[0].Query[2] = 0x80
	for _, row := range []struct {
		name    string
		options Options
		offers  [][]dnsserver.Exchange
		want    string
	}{
		{"all", Options{Room: 1 << 20}, [][]dnsserver.Exchange{exchanges(0, 2, 20), exchanges(2, 1, 20)}, "[0 1 2]"},
		{"one in three, over the ends of batches", Options{Room: 1 << 20, Every: 3}, [][]dnsserver.Exchange{exchanges(0, 2, 20), exchanges(2, 5, 20)}, "[0 3 6]"},
		{"none that is no query", Options{Room: 1 << 20}, [][]dnsserver.Exchange{response, exchanges(1, 1, 11), exchanges(2, 1, 12)}, "[2]"},
		{"nothing is allowed", Options{Room: 1 << 20, Limit: true}, [][]dnsserver.Exchange{exchanges(0, 2, 20)}, "[]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			q := New(row.options)
			for _, batch := range row.offers {
				q.Offer(batch)
				for i := range batch {
					clear(batch[i].Query) // it is the server's again
				}
			}
			if got := fmt.Sprint(drain(t, q)); got != row.want || q.Dropped() != 0 {
				t.Errorf("taken are %s, %d dropped; want %s", got, q.Dropped(), row.want)
			}
		})
	}
}

// TestLimit: no more is taken than is allowed, and what was allowed before does not add up.
func TestLimit(t *testing.T) {
	q := New(Options{Room: 1 << 20, Limit: true})
	q.Allow(5)
	q.Allow(3)
	q.Offer(exchanges(0, 10, 20))
	if got := fmt.Sprint(drain(t, q)); got != "[0 1 2]" {
		t.Errorf("taken are %s", got)
	}
}

// TestRoom: what finds no room is dropped and counted, and what was read makes room again.
func TestRoom(t *testing.T) {
	q := New(Options{Room: 4 << 10})
	for i := range 6 {
		q.Offer(exchanges(i, 1, 12)) // counts for 1 KiB
	}
	if got := fmt.Sprint(drain(t, q)); got != "[0 1 2 3]" || q.Dropped() != 2 {
		t.Errorf("taken are %s, %d dropped", got, q.Dropped())
	}
	q.Offer(exchanges(0, 3, 1000)) // of 6000 octets
	q.Offer(exchanges(9, 2, 1000))
	if got := fmt.Sprint(drain(t, q)); got != "[9 10]" || q.Dropped() != 5 {
		t.Errorf("taken are %s, %d dropped", got, q.Dropped())
	}
}

// TestOfferAllocatesLittle: once batches have been made, nothing for each query. (With the race detector a pool forgets some.)
func TestOfferAllocatesLittle(t *testing.T) {
	q := New(Options{Room: 1 << 20})
	batch := exchanges(0, 32, 100)
	if n := testing.AllocsPerRun(1000, func() { q.Offer(batch); q.Done(<-q.Full()) }); n > 8 {
		t.Errorf("%v allocations for 32 queries", n)
	}
}

// BenchmarkOffer is copies of a batch of 32 queries and responses of usual sizes, as the answering loop makes them.
func BenchmarkOffer(b *testing.B) {
	q := New(Options{Room: 1 << 20})
	batch := exchanges(0, 32, 90)
	b.ReportAllocs()
	for b.Loop() {
		q.Offer(batch)
		q.Done(<-q.Full())
	}
}
