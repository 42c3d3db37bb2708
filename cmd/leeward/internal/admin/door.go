package admin

import "net/http"

// Door is one way to the API: it knows callers.
type Door struct{ socket bool }

// SocketDoor is the door behind the socket's file: who may open that may do all.
func SocketDoor() Door { return Door{socket: true} }

// TCPDoor is the door at an address.
func TCPDoor() Door { return Door{} }

// caller is who makes a request.
func (d Door) caller(r *http.Request) Caller {
	if d.socket {
		return Caller{Role: RoleAdmin, Way: BySocket, From: r.RemoteAddr}
	}
	return Caller{Role: RoleRead, From: r.RemoteAddr}
}
