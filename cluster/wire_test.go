package cluster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"reflect"
	"runtime"
	"testing"
	"time"

	"leeward/steering"
)

// encode makes the message of a decoded value again.
func encode(k kind, v any) []byte {
	switch v := v.(type) {
	case beat:
		return putBeat(begin(k), &v)
	case *steering.Sheet:
		return putSheet(begin(k), v)
	case []steering.Override:
		return putOverrides(begin(k), v)
	case ask:
		return putAsk(begin(k), &v)
	case []Note:
		return putNotes(begin(k), v)
	case askNotes:
		return putAskNotes(begin(k), &v)
	case *state:
		return putState(begin(k), v)
	default:
		return nil
	}
}

func decode(msg []byte) (k kind, v any, err error) {
	k, r, err := open(msg)
	if err != nil {
		return k, nil, err
	}
	switch k {
	case kindBeat:
		v = r.beat()
	case kindSheet, kindAnswer:
		v = r.sheet()
	case kindOverride, kindOverrides:
		v = r.overrides()
	case kindAsk:
		v = r.ask()
	case kindState:
		v = r.state()
	case kindNote, kindNotes:
		v = r.notes()
	case kindAskNotes:
		v = r.askNotes()
	default:
		return k, nil, errBounds
	}
	return k, v, r.end()
}

func messages() [][]byte {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	b := beat{Name: "n1", Incarnation: 1 << 60, Counter: 300, Number: 7, Leaving: true, Large: true,
		Network: steering.Digest{1}, Verdicts: steering.Digest{2}, Overrides: steering.Digest{3}, Notes: steering.Digest{8},
		Key: Fingerprint{4}, Next: Fingerprint{5}, Wall: now.UnixMilli(),
		Zones: ZoneState{Edition: 7, Behind: 9, Lags: []Lag{{"example.com.", 3, 4}, {".", 0, 1}}}}
	sheet := &steering.Sheet{Observer: "n1", Colo: "ams", Incarnation: 1 << 60, Number: 7, Votes: canonical([]steering.Vote{
		{Target: 1<<63 + 1, State: steering.VoteDown, Turning: true, Falls: 3, Since: now, Doubt: 2400 * time.Millisecond, Detail: "timeout"}, {Target: 2, Rose: true}}),
		Demand: steering.Demand{Map: steering.Digest{6}, Regions: []steering.RegionDemand{{Region: 0, Rate: 7}, {Region: 9, Rate: 1 << 31}, {Region: 1<<32 - 1, Rate: 1}}},
		Load:   steering.Load{Known: true, Value: 81.5, Shed: 17}}
	list := []steering.Override{
		{Place: "colo:ams", Action: steering.Drain, By: "root@n1", Reason: "work", Issued: now, Until: now.Add(time.Hour), Version: 1, Issuer: "n1"},
		{Place: "upstream:northway", Action: steering.Undrain, Issued: now, Version: 9, Issuer: "n2"},
	}
	notes := []Note{
		{Topic: TopicChallenge, Key: "example.com. token", Value: []byte{0, 255}, Until: now.Add(time.Hour), Version: 1 << 50, Issuer: "n1"},
		{Topic: topics - 1, Key: "k", Deleted: true, Version: 1, Issuer: "n2"},
	}
	return [][]byte{
		encode(kindBeat, b),
		encode(kindBeat, beat{}),
		encode(kindSheet, sheet),
		encode(kindAnswer, &steering.Sheet{Observer: "n2"}),
		encode(kindOverride, list[:1]),
		encode(kindOverrides, list),
		encode(kindAsk, ask{From: "n1", Origin: "n2", Incarnation: 5, Number: 6}),
		encode(kindState, &state{Heard: []heard{{Beat: b, Age: 1500 * time.Millisecond}}, Sheets: []*steering.Sheet{sheet}, Overrides: list, Notes: notes}),
		encode(kindNote, notes[:1]),
		encode(kindNotes, notes),
		encode(kindAskNotes, askNotes{From: "n1", Buckets: buckets{{1}, {2}}}),
	}
}

func TestMessagesArriveAsSent(t *testing.T) {
	for _, msg := range messages() {
		k, v, err := decode(msg)
		if err != nil {
			t.Errorf("%x: %v", msg, err)
		}
		if again := encode(k, v); !bytes.Equal(again, msg) {
			t.Errorf("%+v: %x, not %x", v, again, msg)
		}
		for n := range msg {
			if _, _, err := decode(msg[:n]); err == nil {
				t.Errorf("%x is taken, cut to %d octets", msg, n)
			}
		}
		if _, _, err := decode(append(msg, 0)); !errors.Is(err, errRest) {
			t.Errorf("%x is taken with an octet left over: %v", msg, err)
		}
	}
	if _, _, err := decode([]byte{format + 1, byte(kindBeat)}); !errors.Is(err, errFormat) {
		t.Errorf("another format: %v", err)
	}
}

func TestMetaArrivesAsSent(t *testing.T) {
	v := meta{Incarnation: 1 << 60, Colo: "ams", Version: "v1.2.3", Addrs: []netip.AddrPort{at(1), netip.MustParseAddrPort("[2001:db8::1]:7946")}}
	if got, err := readMeta(putMeta(nil, &v)); !reflect.DeepEqual(got, v) || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := readMeta([]byte{format + 1, 0}); !errors.Is(err, errFormat) {
		t.Errorf("another format: %v", err)
	}
}

// A length that promises more than there is must not make room for it.
func TestLengthsThatLie(t *testing.T) {
	for _, k := range []kind{kindSheet, kindOverrides, kindState, kindNotes} {
		msg := begin(k)
		if k == kindSheet {
			msg = append(msg, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		}
		msg = binary.AppendUvarint(msg, maxPeers)
		if _, _, err := decode(msg); !errors.Is(err, errShort) {
			t.Errorf("kind %d: %v", k, err)
		}
		const runs = 1000
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			decode(msg)
		}
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) / runs; got > 4<<10 {
			t.Errorf("kind %d: %d octets allocated", k, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, msg := range messages() {
		f.Add(msg)
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		k, v, err := decode(msg)
		if err != nil {
			return
		}
		again, w, err := decode(encode(k, v))
		if err != nil || again != k || !reflect.DeepEqual(v, w) {
			t.Errorf("%+v is sent, %+v arrives: %v", v, w, err)
		}
	})
}

func FuzzMeta(f *testing.F) {
	f.Add(putMeta(nil, &meta{Incarnation: 1, Colo: "ams", Version: "v1"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := readMeta(b)
		if err != nil {
			return
		}
		if w, err := readMeta(putMeta(nil, &v)); !reflect.DeepEqual(v, w) || err != nil {
			t.Errorf("%+v is sent, %+v arrives: %v", v, w, err)
		}
	})
}
