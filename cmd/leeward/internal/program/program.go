// Package program runs the programs that the configuration names for the server to tell: bounded in time and in what is kept
// of their words, and ended with all that they started. No shell reads anything, and they get none of the secrets that the
// server may have in its environment.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Program is one run of a program.
type Program struct {
	Line      []string // the program and its arguments
	Variables []string // NAME=value, beside the few that it has of the server's
	Input     []byte   // on standard input
	Timeout   time.Duration
}

// grace is how long the output of a program that was killed is waited for.
const grace = time.Second

// Run runs the program to its end, and gives the beginning of what it said.
//
//	it ends with code 0                       no error
//	   ... and leaves something running       no error, as who starts a server does
//	it takes too long                         error: it was killed, with all that it started
//	it cannot be started, or ends otherwise   error, with the first line that it said
func (p Program) Run(ctx context.Context) (said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Line[0], p.Line[1:]...)
	cmd.Env, cmd.Stdin, cmd.WaitDelay = append(environment(), p.Variables...), bytes.NewReader(p.Input), grace
	killWhole(cmd)
	words := &beginning{}
	cmd.Stdout, cmd.Stderr = words, words
	err = cmd.Run()
	said = words.text()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return said, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return said, fmt.Errorf("it took longer than %s, and was killed", p.Timeout)
	case said != "":
		line, _, _ := strings.Cut(said, "\n")
		return said, fmt.Errorf("%w: %s", err, line)
	}
	return said, err
}

// environment is what a program has of the server's: none of what the configuration was given by.
func environment() (list []string) {
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ", "USER"} {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	return list
}

// kept is how much is kept of what a program says, in octets.
const kept = 2 << 10

// beginning keeps the first of what is written.
type beginning struct{ octets []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.octets = append(b.octets, p[:min(len(p), kept-len(b.octets))]...)
	return len(p), nil
}

func (b *beginning) text() string {
	return strings.ToValidUTF8(strings.TrimSpace(string(b.octets)), "?")
}
