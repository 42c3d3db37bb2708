//go:build !linux

package zones

// stepBack does nothing here: priorities are of whole processes.
func stepBack() {}
