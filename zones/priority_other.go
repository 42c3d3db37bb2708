//go:build !linux

package zones

// StepBack does nothing here: priorities are of whole processes.
func StepBack() {}
