package tell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Command is a program with its arguments, run for each message: the message as JSON on standard input, the most of it in
// the environment. Nothing is a shell's to read.
type Command struct {
	Line []string
	Log  *slog.Logger
}

// commandTime is how long a program may take.
const commandTime = 30 * time.Second

// Target is the program as a target.
func (c Command) Target() Target {
	return Target{Name: "exec", ID: Identify(append([]string{"exec"}, c.Line...)...), Tell: c.run}
}

func (c Command) run(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return &Refusal{err}
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Line[0], c.Line[1:]...)
	cmd.Env, cmd.Stdin, cmd.WaitDelay = append(environment(), m.variables()...), bytes.NewReader(body), time.Second
	killWhole(cmd)
	said := &beginning{}
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Run()
	if text := said.text(); text != "" {
		c.Log.Info("incidents.exec says", "program", c.Line[0], "incident", m.Incident.ID, "output", text)
	}
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it left something running
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s took longer than %s, and was killed", c.Line[0], commandTime)
	case said.text() != "":
		return fmt.Errorf("%w: %s", err, strings.SplitN(said.text(), "\n", 2)[0])
	}
	return err
}

// environment is what a program has of ours: none of what the configuration was given by.
func environment() (list []string) {
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ", "USER"} {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	return list
}

// variables are what the program is told in its environment.
func (m *Message) variables() []string {
	i := m.Incident
	end, share := "", ""
	if i.End != nil {
		end = i.End.UTC().Format(time.RFC3339)
	}
	if i.ClientShare != nil {
		share = fmt.Sprintf("%.4f", *i.ClientShare)
	}
	list := []string{}
	for _, v := range [][2]string{{"ID", i.ID}, {"STATE", m.state()}, {"TITLE", i.Title}, {"CAUSE_KIND", i.Cause.Kind}, {"CAUSE_NAME", i.Cause.Name},
		{"CAUSE", i.Cause.Words}, {"COLOS", strings.Join(i.Colos, " ")}, {"UPSTREAMS", strings.Join(i.Upstreams, " ")},
		{"START", i.Start.UTC().Format(time.RFC3339)}, {"END", end}, {"CLIENT_SHARE", share}, {"NODE", m.Node}, {"LINK", m.Link}} {
		list = append(list, "LEEWARD_INCIDENT_"+v[0]+"="+strings.ReplaceAll(v[1], "\x00", ""))
	}
	return list
}

// outputKept is how much is kept of what a program says, in octets.
const outputKept = 2 << 10

// beginning keeps the first of what is written.
type beginning struct{ octets []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.octets = append(b.octets, p[:min(len(p), outputKept-len(b.octets))]...)
	return len(p), nil
}

func (b *beginning) text() string {
	return strings.ToValidUTF8(strings.TrimSpace(string(b.octets)), "?")
}
