package zones

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// symlink is a symbolic link, by its real directory.
type symlink struct{ dir, name string }

// maxLinks bounds how many links are followed to one path, as the system does.
const maxLinks = 40

// symlinks are the symbolic links on the way to a path, and its real path, as far as it exists.
func symlinks(path string) (found []symlink, real string) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, path
	}
	const separator = string(filepath.Separator)
	at, rest := separator, strings.Split(abs, separator)
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		next := filepath.Join(at, name) // also for "", "." and ".."
		info, err := os.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		target, err := os.Readlink(next)
		if err != nil || len(found) == maxLinks {
			return found, next
		}
		found = append(found, symlink{at, name})
		if filepath.IsAbs(target) {
			at = separator
		}
		rest = append(strings.Split(target, separator), rest...)
	}
	return found, at
}
