package tell

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/program"
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
	said, err := program.Program{Line: c.Line, Variables: m.variables(), Input: body, Timeout: commandTime}.Run(ctx)
	if said != "" {
		c.Log.Info("incidents.exec says", "program", c.Line[0], "incident", m.Incident.ID, "output", said)
	}
	return err
}

// variables are what the program is told in its environment.
func (m *Message) variables() (list []string) {
	for _, v := range variables {
		list = append(list, v.name+"="+strings.ReplaceAll(v.value(m), "\x00", ""))
	}
	return list
}

// Variables are the names of the variables that a program is told in.
func Variables() (names []string) {
	for _, v := range variables {
		names = append(names, v.name)
	}
	return names
}

var variables = []struct {
	name  string
	value func(*Message) string
}{
	{"LEEWARD_INCIDENT_ID", func(m *Message) string { return m.Incident.ID }},
	{"LEEWARD_INCIDENT_STATE", (*Message).state},
	{"LEEWARD_INCIDENT_TITLE", func(m *Message) string { return m.Incident.Title }},
	{"LEEWARD_INCIDENT_CAUSE_KIND", func(m *Message) string { return m.Incident.Cause.Kind }},
	{"LEEWARD_INCIDENT_CAUSE_NAME", func(m *Message) string { return m.Incident.Cause.Name }},
	{"LEEWARD_INCIDENT_CAUSE", func(m *Message) string { return m.Incident.Cause.Words }},
	{"LEEWARD_INCIDENT_COLOS", func(m *Message) string { return strings.Join(m.Incident.Colos, " ") }},
	{"LEEWARD_INCIDENT_UPSTREAMS", func(m *Message) string { return strings.Join(m.Incident.Upstreams, " ") }},
	{"LEEWARD_INCIDENT_START", func(m *Message) string { return m.Incident.Start.UTC().Format(time.RFC3339) }},
	{"LEEWARD_INCIDENT_END", (*Message).end},
	{"LEEWARD_INCIDENT_CLIENT_SHARE", (*Message).share},
	{"LEEWARD_INCIDENT_NODE", func(m *Message) string { return m.Node }},
	{"LEEWARD_INCIDENT_LINK", func(m *Message) string { return m.Link }},
}

// end is when the incident ended; "": it has not.
func (m *Message) end() string {
	if m.Incident.End == nil {
		return ""
	}
	return m.Incident.End.UTC().Format(time.RFC3339)
}

// share is the share of clients that were moved; "": it is not known.
func (m *Message) share() string {
	if m.Incident.ClientShare == nil {
		return ""
	}
	return fmt.Sprintf("%.4f", *m.Incident.ClientShare)
}
