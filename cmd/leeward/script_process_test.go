package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// deadline is how long a script waits for what must come: generous, for it is only met when something is wrong.
const deadline = 2 * time.Minute

// between is the time between two looks at what must come.
const between = 200 * time.Millisecond

// process is a server that a script has started.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has
	err   error         // of its end
}

// command is a program with the environment and in the directory of the script, killed when the context ends.
func command(ctx context.Context, ts *testscript.TestScript, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, find(ts, args[0]), args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), stageOf(ts).env
	cmd.Args[0] = args[0]
	return cmd
}

func find(ts *testscript.TestScript, program string) string {
	if strings.Contains(program, "/") {
		return ts.MkAbs(program)
	}
	path, err := exec.LookPath(program)
	ts.Check(err)
	return path
}

// startServer runs "start NAME PROGRAM ARG...".
func startServer(ts *testscript.TestScript, args []string) {
	want(ts, args, "NAME", "PROGRAM")
	log, err := os.OpenFile(ts.MkAbs(args[0]+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	defer log.Close()
	p := &process{cmd: command(context.Background(), ts, args[1:]), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	ts.Check(p.cmd.Start())
	stageOf(ts).servers[args[0]] = p
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
}

// kill ends a server that the script has left running.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

func serverOf(ts *testscript.TestScript, name string) *process {
	p := stageOf(ts).servers[name]
	if p == nil {
		ts.Fatalf("no server %s was started", name)
	}
	return p
}

// signalServer runs "signal SIGNAL NAME".
func signalServer(ts *testscript.TestScript, args []string) {
	want(ts, args, "SIGNAL", "NAME")
	signal, ok := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}[args[0]]
	if !ok {
		ts.Fatalf("no signal %s", args[0])
	}
	ts.Check(serverOf(ts, args[1]).cmd.Process.Signal(signal))
}

// serverEnded runs "ended NAME CODE".
func serverEnded(ts *testscript.TestScript, args []string) {
	want(ts, args, "NAME", "CODE")
	p := serverOf(ts, args[0])
	select {
	case <-p.ended:
	case <-time.After(deadline):
		ts.Fatalf("%s has not ended after %s", args[0], deadline)
	}
	code := strconv.Itoa(p.cmd.ProcessState.ExitCode())
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = "killed"
	}
	if code != args[1] {
		ts.Fatalf("%s ended with %s, not %s", args[0], code, args[1])
	}
}

// result is what came of a program.
type result struct {
	stdout, stderr bytes.Buffer
	code           int
}

// runProgram runs a program to its end. One that does not end by the deadline is killed, with exit code -1.
func runProgram(ts *testscript.TestScript, args []string) *result {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	r := &result{}
	cmd := command(ctx, ts, args)
	cmd.Stdout, cmd.Stderr = &r.stdout, &r.stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%s: %v", args[0], err)
	}
	r.code = cmd.ProcessState.ExitCode()
	return r
}

// show makes what the program wrote the output that stdout and stderr look at.
func (r *result) show(ts *testscript.TestScript) {
	_, _ = r.stdout.WriteTo(ts.Stdout()) // memory
	_, _ = r.stderr.WriteTo(ts.Stderr())
}

// until runs "until [-code CODE] REGEXP PROGRAM ARG...".
func until(ts *testscript.TestScript, args []string) {
	wanted := "0"
	if len(args) > 2 && args[0] == "-code" {
		wanted, args = args[1], args[2:]
	}
	want(ts, args, "REGEXP", "PROGRAM")
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	next, over := time.NewTicker(between), time.After(deadline)
	defer next.Stop()
	for {
		r := runProgram(ts, args[1:])
		if strconv.Itoa(r.code) == wanted && pattern.Match(r.stdout.Bytes()) {
			r.show(ts)
			return
		}
		select {
		case <-next.C:
		case <-over:
			r.show(ts)
			ts.Fatalf("%s: after %s, exit code %d and still no %q", filepath.Base(args[1]), deadline, r.code, args[0])
		}
	}
}

// exits runs "exits CODE PROGRAM ARG...".
func exits(ts *testscript.TestScript, args []string) {
	want(ts, args, "CODE", "PROGRAM")
	r := runProgram(ts, args[1:])
	r.show(ts)
	if code := strconv.Itoa(r.code); code != args[0] {
		ts.Fatalf("exit code %s, not %s", code, args[0])
	}
}
