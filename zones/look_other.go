//go:build !unix

package zones

import (
	"io/fs"
	"os"
)

// LookAt is what the file at a path looks like, symbolic links followed; zero when that cannot be seen. Only its size and its
// time of change tell it from others that may stand there.
func LookAt(path string) Look { return lookBy(os.Stat(path)) }

// lookOf is the same of an open file.
func lookOf(f *os.File) Look { return lookBy(f.Stat()) }

func lookBy(info fs.FileInfo, err error) Look {
	if err != nil {
		return Look{}
	}
	return Look{size: info.Size(), changed: info.ModTime().UnixNano()}
}

// isLink says whether there is a symbolic link at a path.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
