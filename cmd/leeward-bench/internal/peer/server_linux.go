package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Server is a program at work.
type Server struct {
	Addr netip.AddrPort // UDP and TCP

	name    string
	log     string // path
	cmd     *exec.Cmd
	started time.Time
	ended   chan struct{}
}

// Start starts a program in a new directory. It may use the given processors, all if there are none.
func Start(p *Program, site Site, dir string, cpus []int) (*Server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	listen, err := freeAddr()
	if err != nil {
		return nil, err
	}
	site.dir, site.listen = dir, listen
	args, err := p.Configure(&site)
	if err != nil {
		return nil, fmt.Errorf("configuration of %s: %w", p.Name, err)
	}
	s := &Server{Addr: listen, name: p.Name, log: filepath.Join(dir, "log"), ended: make(chan struct{})}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = exec.Command(p.Path, args...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, log, log
	// A session of its own tells its processes from all others; should the bench be killed, the server goes too.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	return s, s.launch(cpus)
}

// launch starts the process from a thread that has the processors it is to have, and lives as long as it: the signal at
// the parent's death comes when the thread ends that started the child.
func (s *Server) launch(cpus []int) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := restrict(cpus)
		if err == nil {
			s.started = time.Now()
			err = s.cmd.Start()
		}
		started <- err
		if err == nil {
			_ = s.cmd.Wait() // how it ends is of no interest
		}
		close(s.ended)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

func restrict(cpus []int) error {
	if len(cpus) == 0 {
		return nil
	}
	var set unix.CPUSet
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	return unix.SchedSetaffinity(0, &set)
}

// Ready waits until every question is answered as it must be, and says how long that took since the start.
func (s *Server) Ready(ctx context.Context, limit time.Duration, asks ...Ask) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	next := time.NewTicker(5 * time.Millisecond)
	defer next.Stop()
	for _, ask := range asks {
		for !ask.of(s.Addr) {
			select {
			case <-s.ended:
				return 0, fmt.Errorf("%s has ended: %s", s.name, s.lastWords())
			case <-ctx.Done():
				return 0, fmt.Errorf("%s does not answer %s: %s", s.name, ask.Name, s.lastWords())
			case <-next.C:
			}
		}
	}
	return time.Since(s.started), nil
}

// lastWords is the last line of the server's log.
func (s *Server) lastWords() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(lines[len(lines)-1])
}

// Stop ends the server and its processes, and returns when they have ended.
func (s *Server) Stop() error {
	const grace = 20 * time.Second
	group := -s.cmd.Process.Pid
	_ = unix.Kill(group, unix.SIGTERM) // it may have ended
	var err error
	select {
	case <-s.ended:
	case <-time.After(grace):
		err = errors.New(s.name + " did not stop, and was killed")
	}
	_ = unix.Kill(group, unix.SIGKILL)
	<-s.ended
	return err
}
