package probe

import "math/bits"

// windowSize is how many results the share of losses is taken of.
const windowSize = 30

// window is the last results of a target's probes, regular ones and rechecks alike. The zero value is empty.
type window struct {
	lost  uint32 // a bit per result, the newest lowest: 1 is a failure
	known int    // results, at most windowSize
}

func (w *window) add(failed bool) {
	w.lost = w.lost << 1 & (1<<windowSize - 1)
	if failed {
		w.lost |= 1
	}
	w.known = min(w.known+1, windowSize)
}

// many says whether the window is full and more than 30 % of it are failures.
func (w *window) many() bool {
	return w.known == windowSize && bits.OnesCount32(w.lost)*100 > 30*windowSize
}

// few says whether the window is full and less than 10 % of it are failures.
func (w *window) few() bool {
	return w.known == windowSize && bits.OnesCount32(w.lost)*100 < 10*windowSize
}
