package admin

import "fmt"

// Role is what one may do. Each may do all that those before it may.
type Role uint8

// The roles.
const (
	RoleOpen  Role = iota // nothing was shown: what load balancers ask for
	RoleRead              // look
	RoleDrain             // set overrides, and end them
	RoleAdmin             // everything
)

// ParseRole reads the word for a role that can be given.
func ParseRole(word string) (Role, error) {
	for _, r := range []Role{RoleRead, RoleDrain, RoleAdmin} {
		if word == r.String() {
			return r, nil
		}
	}
	return RoleOpen, fmt.Errorf("%q is no role: there are read, drain and admin", word)
}

func (r Role) String() string { return [...]string{"open", "read", "drain", "admin"}[r] }
