package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ListenTCP opens the address.
func ListenTCP(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("admin.listen: %s is in use by another program", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("admin.listen: %w", err)
	}
	return l, nil
}

// SocketFile is the Unix socket as a file.
type SocketFile struct {
	Path  string
	Mode  fs.FileMode
	Group string // "": the process's
}

// ListenSocket opens the Unix socket for those whom its mode and group let in. A socket that nobody answers on is replaced;
// one that somebody does answer on is refused.
func ListenSocket(f SocketFile) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return nil, fmt.Errorf(`admin.socket: %w (name another path, or "" for none)`, err)
	}
	if err := clearStale(f.Path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", f.Path)
	if err != nil {
		return nil, fmt.Errorf("admin.socket: %w", err)
	}
	if err := f.own(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return peers{l}, nil
}

// own gives the file its group, and then opens it to that.
func (f SocketFile) own() error {
	if f.Group != "" {
		group, err := user.LookupGroup(f.Group)
		if err != nil {
			return fmt.Errorf("admin.socket_group: %w", err)
		}
		gid, err := strconv.Atoi(group.Gid)
		if err == nil {
			err = os.Chown(f.Path, -1, gid)
		}
		if err != nil {
			return fmt.Errorf("admin.socket_group: %w (the server must belong to the group)", err)
		}
	}
	if err := os.Chmod(f.Path, f.Mode); err != nil {
		return fmt.Errorf("admin.socket: %w", err)
	}
	return nil
}

// clearStale removes what a server that is gone has left.
func clearStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("admin.socket: %w", err)
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("admin.socket: %s exists and is no socket", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = conn.Close()
		return fmt.Errorf("admin.socket: another server answers on %s", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("admin.socket: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("admin.socket: %w", err)
	}
	return nil
}

// Inherit listens on a socket that is open already, which it takes. The file of one with a path is another's, unless Own says otherwise.
func Inherit(fd int) (net.Listener, error) {
	file := os.NewFile(uintptr(fd), "admin")
	defer file.Close() // the listener has one of its own
	l, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("an open socket for the admin API: %w", err)
	}
	if unix, ok := l.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
		return peers{l}, nil
	}
	return l, nil
}

// What a client may take: slow ones are cut off.
const (
	mostConnections = 256
	mostHeader      = 16 << 10 // octets
	headerTime      = 5 * time.Second
	bodyTime        = 10 * time.Second
	unwantedTime    = 250 * time.Millisecond // of a body that nobody reads
	replyTime       = 60 * time.Second
	idleTime        = time.Minute
)

// Duplicate gives a further descriptor of a listener's socket, for another process.
func Duplicate(l net.Listener) (list []int, err error) {
	if p, ok := l.(peers); ok {
		l = p.Listener
	}
	conn, ok := l.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("%s has no descriptor", l.Addr())
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var copied int
		if copied, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); err == nil {
			list = append(list, copied)
		}
	})
	return list, errors.Join(controlErr, err)
}

// Own says whether the file of a listener's socket is removed at its end, or is another process's.
func Own(l net.Listener, owned bool) {
	if p, ok := l.(peers); ok {
		l = p.Listener
	}
	if unix, ok := l.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(owned)
	}
}

// hasty waits for no body: the server reads to its end what a handler leaves of it, before it replies, and for so long strangers
// would hold connections that are none to be closed. Who wants the body has time for it with wantBody.
func hasty(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			readUntil(w, unwantedTime)
		}
		handler.ServeHTTP(w, r)
	})
}

// wantBody gives the body of a request the time that it may take.
func wantBody(w http.ResponseWriter) { readUntil(w, bodyTime) }

func readUntil(w http.ResponseWriter, after time.Duration) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(after)) // what has no deadline needs none
}

// Serve serves requests until the context ends, and then those in hand for at most a second.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{Handler: hasty(handler), MaxHeaderBytes: mostHeader, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime,
		WriteTimeout: replyTime, IdleTimeout: idleTime, ConnState: newCrowd(mostConnections).state, ErrorLog: stdlog.New(serverLog{log}, "", 0)}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		bounded, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := server.Shutdown(bounded); err != nil {
			err = server.Close()
			stopped <- err
			return
		}
		stopped <- nil
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("admin %s: %w", l.Addr(), err)
	}
	return <-stopped
}

// serverLog takes what http.Server has to tell. Handshakes and requests that fail are their clients' business.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Write(line []byte) (int, error) {
	level, text := slog.LevelDebug, strings.TrimSpace(string(line))
	if strings.Contains(text, "panic") {
		level = slog.LevelError
	}
	l.log.Log(context.Background(), level, text)
	return len(line), nil
}
