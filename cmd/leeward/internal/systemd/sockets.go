package systemd

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"leeward/cmd/leeward/internal/sockets"
)

// firstSocket is the first descriptor that the manager hands over (SD_LISTEN_FDS_START).
const firstSocket = 3

// maxSockets bounds what a manager can have meant.
const maxSockets = 4096

// Sockets are those that the manager has opened for this process, nil if none. The variables are taken out of the
// environment, and the sockets are not passed on to what this process starts.
func Sockets() (*sockets.Set, error) {
	pid, count, names := take("LISTEN_PID"), take("LISTEN_FDS"), take("LISTEN_FDNAMES")
	if count == "" || pid == "" || !isSelf(pid) {
		return nil, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > maxSockets {
		return nil, fmt.Errorf("the service manager's LISTEN_FDS=%.20q is no number of sockets", count)
	}
	if n == 0 {
		return nil, nil
	}
	var list []int
	for fd := firstSocket; fd < firstSocket+n; fd++ {
		syscall.CloseOnExec(fd)
		list = append(list, fd)
	}
	return sockets.New(list, strings.Split(names, ":")), nil
}
