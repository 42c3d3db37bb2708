package zones

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Verify is a command that has a say before a changed zone goes live. It is given the zone as a zone file on standard
// input, and its origin and serial in the environment, as LEEWARD_ZONE and LEEWARD_SERIAL. It agrees with exit code 0. No
// command agrees with everything.
type Verify struct {
	Command []string
	Timeout time.Duration // 0 is 30 s
}

// grace is how long the output of a command that was killed is waited for.
const grace = time.Second

// Check asks the command. The error is the first line of its standard error, or why it could not be asked. On time out,
// and when the context ends, the command is killed with all that it started.
func (v Verify) Check(ctx context.Context, z *Zone) error {
	if len(v.Command) == 0 {
		return nil
	}
	timeout := v.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, v.Command[0], v.Command[1:]...)
	cmd.Env = append(os.Environ(), "LEEWARD_ZONE="+z.origin.Bare(), fmt.Sprintf("LEEWARD_SERIAL=%d", z.serial))
	cmd.WaitDelay = grace
	killWhole(cmd)
	out, in := io.Pipe()
	cmd.Stdin = out
	said := &beginning{}
	cmd.Stderr = said
	written := make(chan struct{})
	go func() {
		_, err := z.WriteTo(in)
		_ = in.CloseWithError(err) // always nil
		close(written)
	}()
	err := cmd.Run()
	_ = out.Close() // a command may decide before it has read all
	<-written
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it agreed, and left something running
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("zones.verify: %s has not answered within %s", v.Command[0], timeout)
	case ctx.Err() != nil, cmd.ProcessState == nil:
		return fmt.Errorf("zones.verify: %w", err)
	case said.line() != "":
		return fmt.Errorf("zones.verify: %s (%w)", said.line(), err)
	default:
		return fmt.Errorf("zones.verify: %s says no: %w", v.Command[0], err)
	}
}

// beginning takes the first octets that are written to it, and drops the rest.
type beginning struct{ octets []byte }

// maxLine is how much is kept of what a command says.
const maxLine = 500

func (b *beginning) Write(p []byte) (int, error) {
	b.octets = append(b.octets, p[:min(len(p), maxLine-len(b.octets))]...)
	return len(p), nil
}

// line is the first line that is not empty.
func (b *beginning) line() string {
	first, _, _ := bytes.Cut(bytes.TrimSpace(b.octets), []byte("\n"))
	return strings.ToValidUTF8(strings.TrimSpace(string(first)), "?")
}
