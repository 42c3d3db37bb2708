package transfer

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"leeward/zones"
)

// TestLifeOfASecondary plays a zone with refresh 3600, retry 600, expire 86400 through a day.
func TestLifeOfASecondary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start(example(t))
		defer func() { w.stop() }()
		w.want("example.com: never transferred yet")
		time.Sleep(10 * time.Second) // tries after 0, 1, 2, 4 s, each a little less
		synctest.Wait()
		if n := w.since(); n != 4 {
			t.Errorf("%d tries in the first 10 s, want 4", n)
		}
		w.put(small(t, 7, ""))
		time.Sleep(10 * time.Second)
		w.want("example.com 7")
		w.since()

		time.Sleep(time.Hour)
		synctest.Wait()
		if n := w.since(); n != 1 {
			t.Errorf("%d fetches in an hour, want 1", n)
		}
		w.put(small(t, 8, ""))
		time.Sleep(time.Hour)
		w.want("example.com 8")

		w.die(true)
		checked := w.Status()[0].Checked
		w.since()
		time.Sleep(24*time.Hour - time.Since(checked) - time.Second)
		w.want("example.com 8")
		if n := w.since(); n < 130 || n > 160 {
			t.Errorf("%d tries in a day without an answer, want one each 600 s or a little less", n)
		}
		if s := w.Status()[0]; s.Error == "" || s.State != Serving {
			t.Errorf("status %+v", s)
		}
		time.Sleep(2 * time.Second)
		w.want(fmt.Sprintf("example.com: expired at %s; no primary has answered well since %s",
			checked.Add(24*time.Hour).UTC().Format(time.RFC3339), checked.UTC().Format(time.RFC3339)))
		if s := w.Status()[0]; s.State != Expired || s.Serial != 8 {
			t.Errorf("status %+v", s)
		}

		w.die(false)
		time.Sleep(11 * time.Minute)
		w.want("example.com 8") // the same version, back in service
	})
}

func TestNotify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(small(t, 7, ""))
		w.start(example(t))
		defer func() { w.stop() }()
		w.want("example.com 7")
		w.since()
		w.put(small(t, 8, ""))
		origin := name(t, "example.com")
		for _, row := range []struct {
			what    string
			do      func()
			fetches int
			served  string
		}{
			{"serial that is served", func() { w.Notify(origin, one.Addr(), 7, true) }, 0, "example.com 7"},
			{"serial behind", func() { w.Notify(origin, one.Addr(), 6, true) }, 0, "example.com 7"},
			{"another zone", func() { w.Notify(name(t, "example.net"), one.Addr(), 8, true) }, 0, "example.com 7"},
			{"serial ahead", func() { w.Notify(origin, one.Addr(), 8, true) }, 1, "example.com 8"},
			{"no serial", func() { w.Notify(origin, one.Addr(), 0, false) }, 1, "example.com 8"},
			{"refresh", func() { _ = w.Refresh(origin, false) }, 1, "example.com 8"},
			{"refresh anew, to a serial that went back", func() {
				w.put(small(t, 3, ""))
				_ = w.Refresh(origin, true)
			}, 1, "example.com 3"},
			{"many at once, while a fetch is under way", func() {
				w.takes = time.Second
				_ = w.Refresh(origin, false)
				synctest.Wait()
				for range 100 {
					w.Notify(origin, one.Addr(), 9, true)
				}
				w.put(small(t, 9, ""))
				time.Sleep(3 * time.Second)
			}, 2, "example.com 9"},
		} {
			row.do()
			synctest.Wait()
			if n := w.since(); n != row.fetches || w.served() != row.served {
				t.Errorf("%s: %d fetches, %s; want %d, %s", row.what, n, w.served(), row.fetches, row.served)
			}
		}
		if err := w.Refresh(name(t, "example.net"), false); err == nil {
			t.Error("refreshed what is not fetched")
		}
	})
}

func TestBoundedFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.takes = time.Second
		var list []Secondary
		for i := range 35 {
			list = append(list, Secondary{Origin: name(t, fmt.Sprintf("n%d.example", i)), Primaries: []Primary{{Addr: one}}})
		}
		w.start(list...)
		defer func() { w.stop() }()
		time.Sleep(3900 * time.Millisecond)
		synctest.Wait()
		if w.most != 10 || w.since() < 35 {
			t.Errorf("%d at once, want 10", w.most)
		}
	})
}

// TestRestart has what is served by a server that starts while no primary answers, so long after the last answer.
func TestRestart(t *testing.T) {
	for _, row := range []struct {
		away   time.Duration
		clocks bool
		served string
	}{
		{time.Minute, true, "example.com 7"},
		{23 * time.Hour, true, "example.com 7"},
		{25 * time.Hour, true, "example.com: expired at 2000-01-02T00:00:00Z; no primary has answered well since 2000-01-01T00:00:00Z"},
		{25 * time.Hour, false, "example.com 7"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.put(small(t, 7, ""))
			w.start(example(t))
			w.want("example.com 7")
			w.stop()
			w.die(true)
			if !row.clocks {
				w.clock = filepath.Join(t.TempDir(), "another.json")
			}
			time.Sleep(row.away)
			w.start(example(t))
			w.want(row.served)
			w.stop()

			w.die(false)
			w.anew = 0
			w.start(example(t))
			w.want("example.com 7")
			if (w.anew > 0) == row.clocks {
				t.Errorf("%d fetches of the whole zone, with clocks %t", w.anew, row.clocks)
			}
			w.stop()

			w.start()
			w.want("")
			if len(w.keep.kept) > 0 {
				t.Error("what is no longer configured is still kept")
			}
			w.stop()
		})
	}
}

// TestConfigureWhileFetching takes a zone away and gives it again while it is fetched.
func TestConfigureWhileFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(small(t, 7, ""))
		w.takes = time.Second
		w.start(example(t))
		defer func() { w.stop() }()
		w.want("example.com: never transferred yet")
		w.Configure(nil, nil)
		w.want("")
		w.Configure([]Secondary{example(t)}, nil)
		time.Sleep(3 * time.Second)
		w.want("example.com 7")
		w.Configure([]Secondary{example(t)}, []zones.Name{name(t, "Example.COM")})
		w.want("")
		if len(w.keep.kept) != 0 {
			t.Error("a zone that is now of a file is still kept")
		}
	})
}

// TestOrderOfPrimaries has who is asked first, second.
func TestOrderOfPrimaries(t *testing.T) {
	z := &secondary{want: wanted{Secondary: Secondary{Primaries: []Primary{{Addr: one}, {Addr: two}}}}}
	for _, row := range []struct {
		asked  netip.Addr
		failed netip.AddrPort
		want   netip.AddrPort
	}{
		{netip.Addr{}, netip.AddrPort{}, one},
		{two.Addr(), netip.AddrPort{}, two},
		{netip.Addr{}, one, two},
		{one.Addr(), one, one},
	} {
		z.asked, z.failed = row.asked, map[netip.AddrPort]bool{row.failed: true}
		if got := z.order(); len(got) != 2 || got[0].Addr != row.want {
			t.Errorf("%+v: %v", row, got)
		}
	}
}
