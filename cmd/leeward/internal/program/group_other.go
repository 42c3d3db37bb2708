//go:build !unix

package program

import "os/exec"

// killWhole leaves the program to be killed alone: there are no process groups here.
func killWhole(*exec.Cmd) {}
