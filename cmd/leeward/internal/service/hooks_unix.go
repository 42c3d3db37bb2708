//go:build unix

package service

import (
	"os/exec"
	"syscall"
)

// ownGroup has a program killed with all that it started: with its process group.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
