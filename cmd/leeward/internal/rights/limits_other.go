//go:build !unix

package rights

// Shut does nothing: the system has no such thing.
func Shut() {}

// Files is not known.
func Files() uint64 { return 0 }
