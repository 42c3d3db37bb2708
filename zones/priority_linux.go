package zones

import (
	"runtime"
	"syscall"
)

// behind is the priority of reading zones while others are served (nice).
const behind = 10

// StepBack lets the goroutine's thread, which ends with it, work behind those that answer queries: on a host whose
// processors are all busy with reading, a query would wait for a turn.
func StepBack() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), behind)
}
