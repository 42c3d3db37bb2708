package transfer

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leeward/zones"
)

// editions is what a node lists of its zones.
func editions(t *testing.T, node string, serial uint32, members ...string) *zones.Zone {
	t.Helper()
	var listed []Listed
	for _, m := range members {
		listed = append(listed, Listed{name(t, m), "1 abc"})
	}
	z, err := Catalog(name(t, node), listed, nil, serial, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestZoneMovesBetweenNodes has a zone move from one followed node to another, and the one that is followed change, also
// over a restart: it is served all the time, and not fetched whole again.
func TestZoneMovesBetweenNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := Secondary{Origin: name(t, "a.editions"), Primaries: []Primary{{Addr: one}}, Catalog: true, Hidden: true, Node: true}
		b := Secondary{Origin: name(t, "b.editions"), Primaries: []Primary{{Addr: two}}, Catalog: true, Hidden: true, Node: true}
		moving := name(t, "moving.test")
		w.put(member(t, "moving.test", 1))
		w.put(editions(t, "a.editions", 1, "moving.test"))
		w.start(a, b)
		defer func() { w.stop() }()
		synctest.Wait()
		w.put(editions(t, "b.editions", 1, "moving.test"))
		_ = w.Refresh(b.Origin, false)
		w.want("a.editions 1, b.editions 1, moving.test 1")
		if got := w.Status()[1]; len(got.Warnings) != 0 {
			t.Errorf("what two nodes list alike is warned about: %q", got.Warnings)
		}
		if from, is := w.Source(moving); !is || from != a.Origin {
			t.Errorf("from %s, %t", from, is)
		}
		whole := w.anew

		// It leaves the first, while nobody gives the zone itself: what is there is served.
		w.put(editions(t, "a.editions", 2))
		w.mu.Lock()
		delete(w.there, moving)
		w.mu.Unlock()
		_ = w.Refresh(a.Origin, false)
		w.want("a.editions 2, b.editions 1, moving.test 1")
		if from, is := w.Source(moving); !is || from != b.Origin {
			t.Errorf("from %s, %t", from, is)
		}

		// Nor does it begin anew when other nodes are followed from a restart on.
		w.put(editions(t, "a.editions", 3, "moving.test"))
		_ = w.Refresh(a.Origin, false)
		synctest.Wait()
		w.stop()
		w.start(a)
		synctest.Wait()
		if got := w.served(); !strings.Contains(got, "moving.test 1") {
			t.Errorf("served: %s", got)
		}
		if w.anew != whole {
			t.Errorf("%d fetches of whole zones, want %d", w.anew, whole)
		}
	})
}
