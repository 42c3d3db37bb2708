package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// growth is by how many hundredths the heap may grow before it is collected. Answers allocate nothing, so collections are
// few, and memory is dearer than they are.
const growth = 50

// tune sets the runtime up for a name server, but for what the environment says (GOGC, GOMAXPROCS), and gives the number of
// processors. The runtime is let have twice as many threads at work as there are processors: a loop that comes back from the
// kernel with queries then never waits for a turn behind long work, such as the reading of zones; the kernel, which knows
// who has waited longest, shares out the processors.
func tune() (processors int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	processors = runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * processors)
	}
	return processors
}
