package cluster

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"leeward/steering"
)

// Limits of overrides, in octets but for their count.
const (
	maxOverrides = 1024
	maxPlace     = 512
	maxBy        = 128
	maxReason    = 512
	minOverride  = 4 + 1 + 1 + 1 + 2 + 2 + 1 + 1
	maxRevision  = math.MaxUint64 >> 1 // of a place: nothing could beat a version beyond
)

func putOverrides(b []byte, list []steering.Override) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, o := range list {
		b = putText(b, string(o.Place))
		action := byte(0)
		if o.Action == steering.Drain {
			action = 1
		}
		b = append(b, action)
		b = putText(b, o.By)
		b = putText(b, o.Reason)
		b = putTime(b, o.Issued)
		b = putTime(b, o.Until)
		b = binary.AppendUvarint(b, o.Version)
		b = putText(b, o.Issuer)
	}
	return b
}

func (r *reader) overrides() []steering.Override {
	n := r.count(maxOverrides, minOverride)
	var list []steering.Override
	if n > 0 {
		list = make([]steering.Override, 0, n)
	}
	for range n {
		list = append(list, r.override())
	}
	return list
}

func (r *reader) override() (o steering.Override) {
	o.Place = steering.Place(r.text(maxPlace))
	switch r.octet() {
	case 0:
		o.Action = steering.Undrain
	case 1:
		o.Action = steering.Drain
	default:
		r.fail(errBounds)
	}
	o.By, o.Reason = r.text(maxBy), r.text(maxReason)
	o.Issued, o.Until = r.time(), r.time()
	o.Version = r.number()
	o.Issuer = r.text(maxName)
	if place, err := steering.ParsePlace(string(o.Place)); r.err == nil && (err != nil || place != o.Place || o.Version > maxRevision) {
		r.fail(errBounds)
	}
	return o
}

// overrides is the newest override of each place, tombstones too.
type overrides map[steering.Place]steering.Override

// merge takes in what beats the present, and gives what was taken.
//
//	there is          the newcomer              taken
//	anything          is to be forgotten        no
//	none              fits the limit            yes
//	one               beats it                  yes
//	one               does not                  no
func (s overrides) merge(list []steering.Override, now time.Time) (taken []steering.Override) {
	for _, o := range list {
		old, ok := s[o.Place]
		if o.Forgettable(now) || ok && !o.Beats(old) || !ok && len(s) >= maxOverrides {
			continue
		}
		s[o.Place] = o
		taken = append(taken, o)
	}
	return taken
}

func (s overrides) forget(now time.Time) {
	maps.DeleteFunc(s, func(_ steering.Place, o steering.Override) bool { return o.Forgettable(now) })
}

// list gives the overrides ordered by place.
func (s overrides) list() []steering.Override {
	return slices.SortedFunc(maps.Values(s), func(a, b steering.Override) int { return cmp.Compare(a.Place, b.Place) })
}

// digest is the same on all nodes that have the same overrides.
func (s overrides) digest() steering.Digest {
	h := sha256.New()
	for _, o := range s.list() {
		fmt.Fprintf(h, "%q %d %q\n", o.Place, o.Version, o.Issuer)
	}
	return steering.Digest(h.Sum(nil)[:8])
}

// issue completes an override given at this node, so that it beats what is there.
func (s overrides) issue(o steering.Override, issuer string, now time.Time) (steering.Override, error) {
	place, err := steering.ParsePlace(string(o.Place))
	if err != nil {
		return o, err
	}
	switch old, ok := s[place]; {
	case o.Action != steering.Drain && o.Action != steering.Undrain:
		return o, fmt.Errorf("no override is called %q: drain or undrain is wanted", o.Action)
	case len(place) > maxPlace:
		return o, fmt.Errorf("%.40s... is longer than %d octets", place, maxPlace)
	case len(o.By) > maxBy:
		return o, fmt.Errorf("the issuer's name is longer than %d octets", maxBy)
	case len(o.Reason) > maxReason:
		return o, fmt.Errorf("the reason is longer than %d octets", maxReason)
	case !ok && len(s) >= maxOverrides:
		return o, fmt.Errorf("%d overrides are the limit", maxOverrides)
	case old.Version >= maxRevision:
		return o, fmt.Errorf("%s was overridden too often", place)
	case !ok: // by the clock: an earlier one, and its version, may be forgotten here, and still be told of
		o.Version = uint64(max(now.Unix(), 1))
	default:
		o.Version = old.Version + 1
	}
	o.Place, o.Issuer = place, issuer
	if o.Issued.IsZero() {
		o.Issued = now
	}
	o.Issued, o.Until = o.Issued.UTC().Round(0), o.Until.UTC().Round(0)
	if o.Forgettable(now) {
		return o, fmt.Errorf("%s: the override ended at %s", place, o.Until.Format(time.RFC3339))
	}
	return o, nil
}
