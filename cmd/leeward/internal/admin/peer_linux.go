package admin

import (
	"net"

	"golang.org/x/sys/unix"
)

// credentials are who connected, by SO_PEERCRED (unix(7)).
func credentials(conn net.Conn) (uid uint32, pid int32, ok bool) {
	c, isUnix := conn.(*net.UnixConn)
	if !isUnix {
		return 0, 0, false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, 0, false
	}
	var cred *unix.Ucred
	if failed := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); failed != nil || err != nil {
		return 0, 0, false
	}
	return cred.Uid, cred.Pid, true
}
