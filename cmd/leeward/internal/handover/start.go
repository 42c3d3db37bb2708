package handover

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Variable names the descriptor of the connection for the process that is started.
const Variable = "LEEWARD_HANDOVER"

// Successor is a process that is to take this one's place.
type Successor struct {
	*Line
	process *os.Process
	ended   chan struct{} // closed when it has
	state   *os.ProcessState
}

// Start starts a program, with arguments and an environment beside this process's own.
func Start(program string, args, environment []string) (*Successor, error) {
	own, theirs, err := pair()
	if err != nil {
		return nil, fmt.Errorf("a connection to the new process: %w", err)
	}
	defer theirs.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{theirs} // the first of them is 3
	cmd.Env = append(os.Environ(), environment...)
	cmd.Env = append(cmd.Env, Variable+"=3")
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, own.Close())
	}
	s := &Successor{Line: own, process: cmd.Process, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the state
		s.state = cmd.ProcessState
		close(s.ended)
	}()
	return s, nil
}

// PID is its process.
func (s *Successor) PID() int { return s.process.Pid }

// Kill ends it, and waits until it has.
func (s *Successor) Kill() {
	_ = s.process.Kill() // it may have ended
	<-s.ended
	_ = s.Close()
}

// End says how it has ended; it waits for that for a while.
func (s *Successor) End(patience time.Duration) string {
	select {
	case <-s.ended:
		return s.state.String()
	case <-time.After(patience):
		return "it runs on"
	}
}

// pair makes the connection.
func pair() (own *Line, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	theirs = os.NewFile(uintptr(fds[1]), "successor")
	if own, err = lineOf(fds[0]); err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return own, theirs, nil
}

// lineOf makes a line of a descriptor, which is closed: it has one of its own.
func lineOf(fd int) (*Line, error) {
	file := os.NewFile(uintptr(fd), "handover")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.New("no socket of a handover"), conn.Close())
	}
	return &Line{unix}, nil
}

// Predecessor is the process whose place this one takes, nil if it takes nobody's. The variable is taken out of the
// environment.
func Predecessor() (*Line, error) {
	text, ok := os.LookupEnv(Variable)
	if !ok {
		return nil, nil
	}
	_ = os.Unsetenv(Variable) // the name is a good one
	fd, err := strconv.Atoi(text)
	if err != nil || fd < 3 {
		return nil, fmt.Errorf("%s=%.20q is no descriptor: it is set by leeward upgrade alone", Variable, text)
	}
	syscall.CloseOnExec(fd)
	l, err := lineOf(fd)
	if err != nil {
		return nil, fmt.Errorf("%s=%d: %w: it is set by leeward upgrade alone", Variable, fd, err)
	}
	return l, nil
}
