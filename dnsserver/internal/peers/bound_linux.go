package peers

import "syscall"

// bound makes a child end when the test does, however that comes about, and gives it a process group of its own.
func bound() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
