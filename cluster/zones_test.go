package cluster

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A heartbeat names few of many zones that lag, and none that is too long.
func TestLagsThatFit(t *testing.T) {
	lag := func(size int) Lag { return Lag{Zone: strings.Repeat("x", size), Serial: 1, Newest: 2} }
	for _, c := range []struct {
		sizes []int
		want  int
	}{
		{nil, 0},
		{[]int{12, 12, 12, 12}, 4},
		{[]int{12, 12, 12, 12, 12}, 4},
		{[]int{100, 100, 100}, 2},
		{[]int{1000}, 0},
	} {
		v := ZoneState{Edition: 3, Behind: len(c.sizes)}
		for _, size := range c.sizes {
			v.Lags = append(v.Lags, lag(size))
		}
		got := v.fitting()
		if len(got.Lags) != c.want || got.Behind != len(c.sizes) || got.Edition != 3 {
			t.Errorf("%v: %+v", c.sizes, got)
		}
	}
}

func TestWhereAMemberAnswers(t *testing.T) {
	list := func(texts ...string) (addrs []netip.AddrPort) {
		for _, text := range texts {
			addrs = append(addrs, netip.MustParseAddrPort(text))
		}
		return addrs
	}
	reached := list("192.0.2.1:7946", "192.0.2.65:7946", "[2001:db8::1]:7946")
	for _, c := range []struct{ named, want []netip.AddrPort }{
		{nil, nil},
		{list("198.51.100.1:53"), list("198.51.100.1:53")},
		{list("0.0.0.0:53", "[::]:5353"), list("192.0.2.1:53", "192.0.2.65:53", "[2001:db8::1]:5353")},
		{list("192.0.2.1:53", "0.0.0.0:53"), list("192.0.2.1:53", "192.0.2.65:53")},
	} {
		m, err := readMeta(putMeta(nil, &meta{Addrs: reached, DNS: c.named}))
		if err != nil {
			t.Fatal(err)
		}
		p := &peer{addrs: reached, meta: m}
		if got := p.dns(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, not %v", c.named, got, c.want)
		}
	}
}

// A change of what a member says of its zones pokes; its next heartbeat, which says the same, does not.
func TestZonesAreNews(t *testing.T) {
	now := time.Now()
	f := newFacts(&Options{Name: "self", Now: time.Now, Heartbeat: time.Second}, 1000)
	f.join("a", at(1), meta{Incarnation: 1}, now)
	f.peers["a"].named = now // it is not news that it is heard again
	poked := func() bool {
		select {
		case <-f.changed:
			return true
		default:
			return false
		}
	}
	poked()
	for i, c := range []struct {
		zones ZoneState
		want  bool
	}{
		{ZoneState{}, false},
		{ZoneState{}, false},
		{ZoneState{Edition: 1}, true},
		{ZoneState{Edition: 1}, false},
		{ZoneState{Edition: 1, Behind: 1, Lags: []Lag{{"a.", 1, 2}}}, true},
		{ZoneState{Edition: 1, Behind: 1, Lags: []Lag{{"a.", 1, 2}}}, false},
		{ZoneState{Edition: 1, Behind: 1, Lags: []Lag{{"a.", 1, 3}}}, true},
	} {
		b := beat{Name: "a", Incarnation: 1, Counter: uint64(i + 1), Zones: c.zones}
		if f.hear(&b, 0, now); poked() != c.want {
			t.Errorf("%+v: poked is not %v", c.zones, c.want)
		}
		if got := f.members([]netip.AddrPort{at(0)}, now)[0]; fmt.Sprint(got.Zones) != fmt.Sprint(c.zones) {
			t.Errorf("%+v of a member: %+v", c.zones, got.Zones)
		}
	}
}
