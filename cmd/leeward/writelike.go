package main

import (
	"os"
	"syscall"
)

// writeLike writes a file beside another with its mode and, where that is allowed, its owner: whoever reads the one must
// be able to read the other.
func writeLike(model, file, text string) error {
	info, err := os.Stat(model)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is gone when all went well
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(owner.Uid), int(owner.Gid)) // who may not is the owner himself
	}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
