package zones

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
)

// TestNodes does at random what a tree does with its nodes, a few of them and many, and holds them against a map. A clone
// of them stays as it was.
func TestNodes(t *testing.T) {
	for _, size := range []int{0, 3, mostFew, mostFew + 1, perShard, 5 * perShard} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			d := rand.New(rand.NewPCG(1, uint64(size)))
			got, want := newNodes(&room{}, size), map[Name]*Node{}
			for range 3*size + 30 {
				name := Name(fmt.Sprintf("\x04n%03d\x00", d.IntN(size+2)))
				if d.IntN(3) == 0 && want[name] != nil {
					got.remove(name)
					delete(want, name)
					continue
				}
				n := &Node{}
				got.put(name, n)
				want[name] = n
			}
			sameNodes(t, &got, want)
			clone, was := got.cloned(), maps.Clone(want)
			for name := range was {
				if clone.shards != nil {
					clone.shards.unshare(clone.shards.place(name))
				}
				clone.remove(name)
			}
			sameNodes(t, &got, was)
			sameNodes(t, &clone, nil)
		})
	}
}

func sameNodes(t *testing.T, got *nodes, want map[Name]*Node) {
	t.Helper()
	if all := maps.Collect(got.all()); !maps.Equal(all, want) {
		t.Fatalf("%d nodes, want %d", len(all), len(want))
	}
	for name, n := range want {
		if got.of(name) != n || got.find([]byte(name)) != n {
			t.Fatalf("%q is not found", name)
		}
	}
	if n := got.find([]byte("\x06absent\x00")); n != nil || got.of("\x06absent\x00") != nil {
		t.Fatal("found what is not there")
	}
}
