package admin

import (
	"fmt"
	"net"
	"os/user"
	"strconv"
	"strings"
)

// peer is who opened a connection on the socket, as the system says.
type peer struct {
	uid, pid string // "": the system does not tell
	user     string
}

// peers gives connections of a socket their peer as the remote address: that is what an HTTP handler sees of a connection.
type peers struct{ net.Listener }

func (l peers) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return peerConn{conn}, nil
}

type peerConn struct{ net.Conn }

// RemoteAddr asks the system, once a connection: the server does.
func (c peerConn) RemoteAddr() net.Addr {
	uid, pid, ok := credentials(c.Conn)
	if !ok {
		return peerAddr("")
	}
	return peerAddr(fmt.Sprintf("%d %d", uid, pid))
}

// peerAddr is "UID PID", or "".
type peerAddr string

func (a peerAddr) Network() string { return "unix" }
func (a peerAddr) String() string  { return string(a) }

// parsePeer reads a peerAddr and finds the name of the user.
func parsePeer(addr string) peer {
	uid, pid, ok := strings.Cut(addr, " ")
	if _, err := strconv.ParseUint(uid, 10, 32); !ok || err != nil {
		return peer{}
	}
	p := peer{uid: uid, pid: pid, user: "uid " + uid}
	if u, err := user.LookupId(uid); err == nil {
		p.user = u.Username
	}
	return p
}

func (p peer) from() string {
	if p.uid == "" {
		return "socket"
	}
	return "uid " + p.uid + ", pid " + p.pid
}
