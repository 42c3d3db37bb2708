//go:build linux

package netns

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// where ip keeps named namespaces.
const where = "/run/netns"

// prefix begins the names of all namespaces of a laboratory; the process id follows.
const prefix = "lab"

// Namespace is a network namespace.
type Namespace struct {
	Name string // for "ip netns exec NAME"
	file *os.File
}

// Name is what the namespace of a host is called: by this process, so that laboratories can run side by side.
func Name(host string) string { return fmt.Sprintf("%s%d-%s", prefix, os.Getpid(), host) }

// Create makes namespaces for hosts.
func Create(hosts []string) (map[string]*Namespace, error) {
	var batch strings.Builder
	for _, h := range hosts {
		fmt.Fprintf(&batch, "netns add %s\n", Name(h))
	}
	if err := Batch(batch.String()); err != nil {
		return nil, err
	}
	made := map[string]*Namespace{}
	for _, h := range hosts {
		f, err := os.Open(filepath.Join(where, Name(h)))
		if err != nil {
			return nil, err
		}
		made[h] = &Namespace{Name(h), f}
	}
	return made, nil
}

// Permitted says why the system lets this process make no namespaces, nil if it does: root in a container may not.
func Permitted() error {
	refused := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine, and the namespace with it
		refused <- unix.Unshare(unix.CLONE_NEWNET)
	}()
	return <-refused
}

// Close forgets the namespace, which lives on until RemoveOwn.
func (n *Namespace) Close() { _ = n.file.Close() }

// Batch has ip carry out many commands, one a line.
func Batch(commands string) error {
	_, err := run(exec.Command("ip", "-batch", "-"), commands)
	return err
}

// Batch has ip carry out commands in the namespace.
func (n *Namespace) Batch(commands string) error {
	_, err := run(exec.Command("ip", "-n", n.Name, "-batch", "-"), commands)
	return err
}

// Run runs a program in the namespace, with something on its standard input, and gives what it says.
func (n *Namespace) Run(stdin string, program string, args ...string) (said string, err error) {
	err = n.Do(func() error {
		said, err = run(exec.Command(program, args...), stdin)
		return err
	})
	return said, err
}

func run(cmd *exec.Cmd, stdin string) (string, error) {
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// Do runs a function on a thread that is in the namespace: sockets that it opens and processes that it starts belong
// there for good.
func (n *Namespace) Do(f func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("entering %s: %w", n.Name, err)
	}
	failed := f()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("leaving %s: %w", n.Name, err) // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return failed
}

// Listen listens for TCP in the namespace.
func (n *Namespace) Listen(addr string) (l net.Listener, err error) {
	err = n.Do(func() error {
		l, err = net.Listen("tcp4", addr)
		return err
	})
	return l, err
}

// Dial connects from the namespace, from an address.
func (n *Namespace) Dial(ctx context.Context, network, from, to string) (conn net.Conn, err error) {
	var dialer net.Dialer
	if strings.HasPrefix(network, "udp") {
		dialer.LocalAddr = &net.UDPAddr{IP: net.ParseIP(from)}
	} else {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	err = n.Do(func() error {
		conn, err = dialer.DialContext(ctx, network, to)
		return err
	})
	return conn, err
}

// RemoveOwn takes away all namespaces of this process.
func RemoveOwn() error {
	return remove(func(pid int) bool { return pid == os.Getpid() })
}

// RemoveDead takes away the namespaces of processes that are no more, and says which.
func RemoveDead() (removed []string, err error) {
	dead := func(pid int) bool { return syscall.Kill(pid, 0) == syscall.ESRCH }
	removed = ours(dead)
	return removed, remove(dead)
}

func remove(whose func(pid int) bool) error {
	var batch strings.Builder
	for _, name := range ours(whose) {
		fmt.Fprintf(&batch, "netns del %s\n", name)
	}
	if batch.Len() == 0 {
		return nil
	}
	return Batch(batch.String())
}

// ours are the namespaces of laboratories whose process fits.
func ours(whose func(pid int) bool) []string {
	entries, err := os.ReadDir(where)
	if err != nil {
		return nil // ip makes the directory with the first namespace
	}
	var names []string
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), prefix)
		number, _, dashed := strings.Cut(rest, "-")
		if pid, err := strconv.Atoi(number); ok && dashed && err == nil && whose(pid) {
			names = append(names, e.Name())
		}
	}
	return names
}
