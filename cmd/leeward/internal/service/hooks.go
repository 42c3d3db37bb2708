package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/config"
)

// HookVariables are those that hooks are given. They are no keys of the configuration.
func HookVariables() []string { return []string{"LEEWARD_READY", "LEEWARD_REASON", "LEEWARD_NODE"} }

// hooks run the programs that are told whether this node is ready: one at a time, and of what is to be told only the last.
type hooks struct {
	config func() config.Hooks
	node   string
	log    *slog.Logger
	next   chan hookCall // one slot
}

// hookCall is what a program is to be told.
type hookCall struct {
	ready  bool
	reason string
}

func newHooks(c func() config.Hooks, node string, log *slog.Logger) *hooks {
	return &hooks{config: c, node: node, log: log, next: make(chan hookCall, 1)}
}

// tell has a program told, in place of what waits to be told. One goroutine calls it.
func (h *hooks) tell(ready bool, reason string) {
	select {
	case <-h.next:
	default:
	}
	h.next <- hookCall{ready, reason}
}

// run runs the programs until nothing more will be told, and then the last to its end.
func (h *hooks) run() error {
	for call := range h.next {
		h.call(call)
	}
	return nil
}

// end says that nothing more will be told.
func (h *hooks) end() { close(h.next) }

// call runs the program for a word, if there is one.
func (h *hooks) call(call hookCall) {
	hooks := h.config()
	word, command := "unready", hooks.Unready
	if call.ready {
		word, command = "ready", hooks.Ready
	}
	if len(command) == 0 {
		return
	}
	begun := time.Now()
	log := h.log.With("hook", word, "program", command[0])
	if err := h.exec(command, hooks.Timeout, word, call.reason); err != nil {
		log.Error("a hook was not carried out", "error", err)
		return
	}
	log.Info("hook carried out", "took", time.Since(begun).Round(time.Millisecond).String())
}

// hookOutput is how much is kept of what a program says, in octets.
const hookOutput = 500

func (h *hooks) exec(command []string, timeout time.Duration, word, reason string) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "LEEWARD_READY="+word, "LEEWARD_REASON="+reason, "LEEWARD_NODE="+h.node)
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	said := &cutOutput{}
	cmd.Stdout, cmd.Stderr = said, said
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it left something running, as who starts a server does
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("it took longer than %s, and was killed", timeout)
	case said.text() != "":
		return fmt.Errorf("%w: %s", err, said.text())
	}
	return err
}

// cutOutput keeps the first of what is written.
type cutOutput struct{ octets []byte }

func (c *cutOutput) Write(b []byte) (int, error) {
	c.octets = append(c.octets, b[:min(len(b), hookOutput-len(c.octets))]...)
	return len(b), nil
}

func (c *cutOutput) text() string {
	return strings.ToValidUTF8(strings.TrimSpace(string(c.octets)), "?")
}
