//go:build linux

package lab

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"leeward/cmd/leeward-lab/internal/netns"
)

// process is a program in a namespace. It dies with the laboratory, however that ends.
type process struct {
	cmd     *exec.Cmd
	ended   chan struct{}
	ordered atomic.Bool // its end
}

// start starts a program in a directory. Each line that it says goes to the log and to hear, which may be nil.
func start(space *netns.Namespace, dir, log string, hear func(line []byte), program string, args ...string) (*process, error) {
	out, err := os.OpenFile(filepath.Join(dir, log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	read, said, err := os.Pipe()
	if err != nil {
		out.Close()
		return nil, err
	}
	p := &process{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, said, said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = space.Do(p.cmd.Start)
	said.Close()
	if err != nil {
		read.Close()
		out.Close()
		return nil, err
	}
	go func() {
		listen(io.TeeReader(read, out), hear)
		read.Close()
		out.Close()
		_ = p.cmd.Wait() // how it ends is known to who ends it
		close(p.ended)
	}()
	return p, nil
}

func listen(from io.Reader, hear func(line []byte)) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if hear != nil {
			hear(lines.Bytes())
		}
	}
}

// runs says whether the process has not ended.
func (p *process) runs() bool {
	if p == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// died says whether the process has ended though nobody wanted it to.
func (p *process) died() bool { return p != nil && !p.ordered.Load() && !p.runs() }

// end sends a signal and waits for the end.
func (p *process) end(signal syscall.Signal) {
	if p == nil {
		return
	}
	p.ordered.Store(true)
	_ = p.cmd.Process.Signal(signal) // it may have ended
	<-p.ended
}

// Close kills the process.
func (p *process) Close() error {
	p.end(syscall.SIGKILL)
	return nil
}
