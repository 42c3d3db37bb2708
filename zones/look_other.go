//go:build !unix

package zones

import (
	"io/fs"
	"os"
)

// inode would tell a file from others that may stand at its path: here only its size and its time of change do.
func inode(fs.FileInfo) (device, number uint64) { return 0, 0 }

// lookAt is what the file at a path looks like, symbolic links followed; zero when that cannot be seen.
func lookAt(path string) look {
	info, err := os.Stat(path)
	if err != nil {
		return look{}
	}
	return lookOf(info)
}

// isLink says whether there is a symbolic link at a path.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
