package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// growth is by how many hundredths the heap may grow before it is collected. Answers allocate nothing, so collections are
// few, and memory is dearer than they are.
const growth = 50

// collectSoon has the heap collected sooner than the runtime does by itself, unless the environment says when (GOGC).
func collectSoon() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}

// spareThreads lets twice as many threads be at work as there are processors, unless the environment says how many
// (GOMAXPROCS). A loop that comes back from the kernel with queries then never waits for a turn behind long work, such as
// the reading of zones; the kernel, which knows who has waited longest, shares out the processors. Before there are
// queries it would only cost memory.
func spareThreads() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
}
