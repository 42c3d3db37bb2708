package load

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// stampSize is room for one control message with a time.
const stampSize = 64

// stamped has the kernel note when each packet arrives at a socket. So a latency is the server's alone, even if the
// generator did not come to look for a while.
func stamped(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) }

// arrived is when the i-th packet of those received arrived, by the clock on the wall. Without a stamp ok is false.
func (b *batch) arrived(i int) (at time.Time, ok bool) {
	control := b.control[i][:]
	const header = unix.SizeofCmsghdr
	if int(b.headers[i].Controllen) < header+16 || binary.NativeEndian.Uint32(control[header-4:]) != unix.SCM_TIMESTAMPNS {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.NativeEndian.Uint64(control[header:])), int64(binary.NativeEndian.Uint64(control[header+8:]))), true
}
