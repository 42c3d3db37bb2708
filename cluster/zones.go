package cluster

import (
	"encoding/binary"
	"math"
	"slices"
)

// ZoneState is what a node says of its zones in every heartbeat.
type ZoneState struct {
	Edition uint32 // of the zones that it has in files: another one with every change of any; 0: it has none
	Behind  int    // zones that it follows at other nodes and has an older version of
	Lags    []Lag  // some of those, as many as fit
}

// Lag is a zone of which a node has an older version than the node it follows.
type Lag struct {
	Zone   string // its name
	Serial uint32 // that it serves; 0: none yet
	Newest uint32 // at the node that it follows
}

// Limits of what a heartbeat says of zones: it is to stay small.
const (
	maxLags     = 4
	maxLagsSize = 256  // octets
	maxZoneName = 1024 // octets of a name in text, where an octet may take four
	minLag      = 1 + 4 + 4
	minZones    = 4 + 1 + 1
)

func putZones(b []byte, v *ZoneState) []byte {
	b = binary.BigEndian.AppendUint32(b, v.Edition)
	b = binary.AppendUvarint(b, uint64(v.Behind))
	b = binary.AppendUvarint(b, uint64(len(v.Lags)))
	for _, l := range v.Lags {
		b = putText(b, l.Zone)
		b = binary.BigEndian.AppendUint32(b, l.Serial)
		b = binary.BigEndian.AppendUint32(b, l.Newest)
	}
	return b
}

func (r *reader) zones() (v ZoneState) {
	v.Edition = r.half()
	if n := r.number(); n <= math.MaxInt32 {
		v.Behind = int(n)
	} else {
		r.fail(errBounds)
	}
	for range r.count(maxLags, minLag) {
		v.Lags = append(v.Lags, Lag{Zone: r.text(maxZoneName), Serial: r.half(), Newest: r.half()})
	}
	return v
}

// fitting is the state with as many lags as a heartbeat has room for.
func (v ZoneState) fitting() ZoneState {
	lags, size := v.Lags, 0
	v.Lags = nil
	for _, l := range lags {
		size += minLag + len(l.Zone)
		if len(v.Lags) == maxLags || size > maxLagsSize {
			break
		}
		v.Lags = append(v.Lags, l)
	}
	return v
}

func (v *ZoneState) equal(w *ZoneState) bool {
	return v.Edition == w.Edition && v.Behind == w.Behind && slices.Equal(v.Lags, w.Lags)
}

// SetZones sets what heartbeats say of this node's zones; a change is told at once.
func (n *Node) SetZones(v ZoneState) {
	if n.facts.setZones(v.fitting()) {
		n.beatIfReady()
	}
}

func (f *facts) setZones(v ZoneState) (changed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed = !f.zones.equal(&v)
	f.zones = v
	return changed
}
