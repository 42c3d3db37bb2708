package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Variables that the manager sets for the notifications.
const (
	notifySocket = "NOTIFY_SOCKET"
	watchdogUsec = "WATCHDOG_USEC"
	watchdogPID  = "WATCHDOG_PID"
)

// Notifier tells the manager how the service is. Nil tells nobody. Its methods may be called from any goroutine.
type Notifier struct {
	conn     *net.UnixConn
	path     string
	watchdog time.Duration
}

// Manager is a notifier of the manager that started this process, nil if none did. The variables are taken out of the
// environment: what this process starts is none of the manager's business.
func Manager() (*Notifier, error) {
	path, usec, pid := take(notifySocket), take(watchdogUsec), take(watchdogPID)
	if path == "" {
		return nil, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"}) // @ is the abstract name space
	if err != nil {
		return nil, fmt.Errorf("the service manager's %s: %w", notifySocket, err)
	}
	n := &Notifier{conn: conn, path: path}
	if microseconds, err := strconv.ParseInt(usec, 10, 64); err == nil && microseconds > 0 && isSelf(pid) {
		n.watchdog = time.Duration(microseconds) * time.Microsecond
	}
	return n, nil
}

// take is the value of a variable, which is then unset.
func take(name string) string {
	value := os.Getenv(name)
	_ = os.Unsetenv(name) // the name is a good one
	return value
}

// isSelf says whether a variable that names a process means this one. Without it every process is meant.
func isSelf(pid string) bool { return pid == "" || pid == strconv.Itoa(os.Getpid()) }

// Environment is what a process is to be given that takes this one's place.
func (n *Notifier) Environment() (list []string) {
	if n == nil {
		return nil
	}
	list = []string{notifySocket + "=" + n.path}
	if n.watchdog > 0 {
		list = append(list, watchdogUsec+"="+strconv.FormatInt(n.watchdog.Microseconds(), 10))
	}
	return list
}

// Watchdog is how long the manager waits for a sign of life before it restarts the service; 0: it does not.
func (n *Notifier) Watchdog() time.Duration {
	if n == nil {
		return 0
	}
	return n.watchdog
}

// patience is how long a manager may take to make room for a word: it may be busy, and the service has other things to do.
const patience = time.Second

// Tell tells the manager assignments such as READY=1. What does not reach it is lost: there is nobody else to tell.
func (n *Notifier) Tell(assignments ...string) {
	if n == nil {
		return
	}
	_ = n.conn.SetWriteDeadline(time.Now().Add(patience))
	_, _ = n.conn.Write([]byte(strings.Join(assignments, "\n")))
}

// Status is the assignment of a line for people.
func Status(format string, args ...any) string {
	return "STATUS=" + strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
}

// Reloading are the assignments that a reload begins with. The manager wants to know when, by the clock that does not
// jump, so that it does not take an earlier READY for the end.
func Reloading() []string {
	return []string{"RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", monotonic().Microseconds())}
}

// Extend is the assignment that asks for so much more time.
func Extend(by time.Duration) string {
	return fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", by.Microseconds())
}

// MainProcess is the assignment that names the process that is the service from now on.
func MainProcess(pid int) string { return fmt.Sprintf("MAINPID=%d", pid) }
