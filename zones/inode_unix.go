//go:build unix

package zones

import (
	"io/fs"
	"syscall"
)

// inode tells a file from others that may stand at its path: its device and its number there.
func inode(info fs.FileInfo) (device, number uint64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Dev), uint64(stat.Ino)
	}
	return 0, 0
}
