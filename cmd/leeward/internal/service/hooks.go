package service

import (
	"context"
	"log/slog"
	"time"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/program"
	"leeward/cmd/leeward/internal/tell"
)

// ProgramVariables are the variables that programs are given which a node runs. They are no keys of the configuration, and
// stand in the way of no leeward command that such a program calls.
func ProgramVariables() []string {
	return append(tell.Variables(), "LEEWARD_READY", "LEEWARD_REASON", "LEEWARD_NODE", "LEEWARD_ZONE", "LEEWARD_SERIAL")
}

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
	hook := program.Program{Line: command, Timeout: hooks.Timeout,
		Variables: []string{"LEEWARD_READY=" + word, "LEEWARD_REASON=" + call.reason, "LEEWARD_NODE=" + h.node}}
	if _, err := hook.Run(context.Background()); err != nil {
		log.Error("a hook was not carried out", "error", err)
		return
	}
	log.Info("hook carried out", "took", time.Since(begun).Round(time.Millisecond).String())
}
