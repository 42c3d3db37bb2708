//go:build unix

package zones

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// inode tells a file from others that may stand at its path: its device and its number there.
func inode(info fs.FileInfo) (device, number uint64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Dev), uint64(stat.Ino)
	}
	return 0, 0
}

// lookAt is what the file at a path looks like, symbolic links followed; zero when that cannot be seen. It leaves nothing
// for the collector, as os.Stat does: all files are looked at again and again.
func lookAt(path string) look {
	var stat unix.Stat_t
	if again(func() error { return unix.Stat(path, &stat) }) != nil {
		return look{}
	}
	return look{uint64(stat.Dev), uint64(stat.Ino), stat.Size, stat.Mtim.Nano()}
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
