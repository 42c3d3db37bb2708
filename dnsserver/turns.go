package dnsserver

// Turns is how often each loop over a UDP socket has come round, by the sockets of a listener. A loop that is at work comes
// round several times a second, also when nobody asks.
type Turns []uint32

// Turns tells how the loops of a listener go.
func (l *Listener) Turns() Turns {
	turns := make(Turns, len(l.udp))
	for i, s := range l.udp {
		turns[i] = s.turn.Load()
	}
	return turns
}

// Since says whether all loops have come round since an earlier time.
func (t Turns) Since(before Turns) bool {
	for i := range t {
		if i >= len(before) || t[i] == before[i] {
			return false
		}
	}
	return true
}
