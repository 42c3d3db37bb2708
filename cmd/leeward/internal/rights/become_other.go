//go:build !linux

package rights

import "errors"

// Become is not known here: whoever starts the server is whom it runs as.
func (u *User) Become() error {
	return errors.New(`process.user: this system is not known to give up rights by halves: start the server as the user, or set "" to stay root`)
}
