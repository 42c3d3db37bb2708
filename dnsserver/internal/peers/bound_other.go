//go:build !linux

package peers

import "syscall"

// bound gives a child a process group of its own. Only Linux can also end it with the test, should that be killed.
func bound() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
