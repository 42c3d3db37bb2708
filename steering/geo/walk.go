package geo

import "fmt"

// walk goes through a family of a search tree once.
type walk struct {
	tree     *tree
	root     uint32
	halves   func(node uint32) [2]uint32
	visited  uint32
	progress func(visited uint32) // nil: nobody asks
}

// progressEvery is after how many nodes of the search tree progress is told.
const progressEvery = 1 << 12

// walk4 and walk6 begin at the root of a family. In the empty tree there is nothing to go through.
func (t *tree) walk4(progress func(visited uint32)) walk {
	return walk{tree: t, root: t.v4, halves: t.halves, progress: progress}
}

func (t *tree) walk6(progress func(visited uint32)) walk {
	return walk{tree: t, root: t.v6, halves: t.halves6, progress: progress}
}

func (w *walk) isNode(at uint32) bool { return w.tree.isNode(at) }

// split is what the halves of a point have, at most left bits from the end of an address. It refuses a damaged search tree,
// which could be walked without end: one with more levels than an address has bits, or one in which a node is reached
// twice.
func (w *walk) split(at uint32, left int) ([2]uint32, error) {
	if !w.isNode(at) {
		return [2]uint32{at, at}, nil
	}
	if w.visited++; left == 0 || w.visited > w.tree.count {
		return [2]uint32{}, fmt.Errorf("the search tree is damaged: it does not end")
	}
	if w.progress != nil && w.visited%progressEvery == 0 {
		w.progress(w.visited)
	}
	return w.halves(at), nil
}
