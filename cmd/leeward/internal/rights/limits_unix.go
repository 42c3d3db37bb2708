//go:build unix

package rights

import (
	"os"
	"syscall"
)

// Shut keeps what this process writes from other users, and its memory, in which there are keys, from the disk: unless the
// environment asks for it (GOTRACEBACK=crash).
func Shut() {
	syscall.Umask(0o027)
	if os.Getenv("GOTRACEBACK") != "crash" {
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) // less than now is always granted, but for what a sandbox forbids
	}
}

// Files is how many files this process may have open, 0 if that is not known.
func Files() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return uint64(limit.Cur)
}
