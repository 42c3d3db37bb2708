// Package rights gives up what a server does not need: the rights of root, and the right to leave its memory on the disk. It
// owns the ways of the system; whom to become is the configuration's business.
package rights

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// User is whom root becomes.
type User struct {
	Name     string
	uid, gid int
	groups   []int
}

// Find looks a user up. There is none without an error where the name is only a default, and no such user exists.
func Find(name string, needed bool) (*User, error) {
	found, err := user.Lookup(name)
	var unknown user.UnknownUserError
	switch {
	case errors.As(err, &unknown) && !needed:
		return nil, nil
	case errors.As(err, &unknown):
		return nil, fmt.Errorf(`process.user: there is no user %q (make one with: useradd --system --shell /usr/sbin/nologin %[1]s; or "" to stay root)`, name)
	case err != nil:
		return nil, fmt.Errorf("process.user: %w", err)
	}
	u := &User{Name: name}
	if u.uid, err = strconv.Atoi(found.Uid); err != nil {
		return nil, fmt.Errorf("process.user: %w", err)
	}
	if u.gid, err = strconv.Atoi(found.Gid); err != nil {
		return nil, fmt.Errorf("process.user: %w", err)
	}
	ids, err := found.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("process.user: %w", err)
	}
	for _, id := range ids {
		if gid, err := strconv.Atoi(id); err == nil {
			u.groups = append(u.groups, gid)
		}
	}
	return u, nil
}

// Root says whether the user is root itself, whom there is no becoming.
func (u *User) Root() bool { return u.uid == 0 }

// Own makes a directory that belongs to the user. One that there is stays as it is.
func (u *User) Own(directory string, mode os.FileMode) error {
	if directory == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(directory), 0o755); err != nil {
		return err
	}
	err := os.Mkdir(directory, mode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Chown(directory, u.uid, u.gid)
}
