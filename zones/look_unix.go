//go:build unix

package zones

import (
	"os"

	"golang.org/x/sys/unix"
)

// LookAt is what the file at a path looks like, symbolic links followed; zero when that cannot be seen. It leaves nothing
// for the collector, as os.Stat does: all files are looked at again and again.
func LookAt(path string) Look {
	return lookBy(func(stat *unix.Stat_t) error { return unix.Stat(path, stat) })
}

// lookOf is the same of an open file.
func lookOf(f *os.File) Look {
	return lookBy(func(stat *unix.Stat_t) error { return unix.Fstat(int(f.Fd()), stat) })
}

func lookBy(call func(*unix.Stat_t) error) Look {
	var stat unix.Stat_t
	if again(func() error { return call(&stat) }) != nil {
		return Look{}
	}
	return Look{uint64(stat.Dev), uint64(stat.Ino), stat.Size, stat.Mtim.Nano(), stat.Ctim.Nano()}
}

// isLink says whether there is a symbolic link at a path.
func isLink(path string) bool {
	var stat unix.Stat_t
	return again(func() error { return unix.Lstat(path, &stat) }) == nil && stat.Mode&unix.S_IFMT == unix.S_IFLNK
}

// again repeats a system call that a signal has cut off.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
