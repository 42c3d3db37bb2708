package cluster

import (
	"fmt"
	"maps"
	"testing"
)

// Messages of one size that replace each other, and are sent in between, are all sent, and each as often as is to be.
func TestQueueLosesNothing(t *testing.T) {
	const nodes, sends = 99, 3
	for between := range 4 { // packets that leave between two messages
		q := newQueue(sends, func() int { return nodes })
		sent := map[string]int{}
		want := map[string]int{}
		leave := func(packets int) {
			for range packets {
				for _, msg := range q.GetBroadcasts(1, 25) { // two messages, of three that wait
					sent[string(msg)]++
				}
			}
		}
		for round := range 20 {
			for node := range 3 {
				name := fmt.Sprint("node", node)
				for again := range 2 { // the second takes the place of the first
					msg := fmt.Sprintf("%s %03d%d", name, round, again)
					q.QueueBroadcast(broadcast{name, []byte(msg)})
					if again == 1 {
						want[msg] = 2 * sends
					}
				}
				leave(between)
			}
			leave(50)
		}
		maps.DeleteFunc(sent, func(msg string, _ int) bool { return want[msg] == 0 })
		if !maps.Equal(sent, want) {
			t.Errorf("%d packets between: sent %v", between, sent)
		}
	}
}
