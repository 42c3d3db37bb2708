package timeline

import (
	"fmt"
	"io"
	"time"
)

// Step is a moment of a run that is worth knowing.
type Step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"` // since the fault; of steps that begin with "back", since the end of the fault
}

// The steps, in the order in which they come.
const (
	FirstVote      = "first vote"
	FirstVerdict   = "first verdict"
	LastVerdict    = "last verdict"
	FirstIncident  = "first incident"
	LastIncident   = "last incident"
	LastNameserver = "last nameserver"
	LastClient     = "last client"
	Healed         = "healed"
	BackVerdict    = "back: last verdict"
	BackNameserver = "back: last nameserver"
	BackClient     = "back: last client"
)

// nameWidth is how wide the names of steps are printed.
const nameWidth = len(BackNameserver)

// mostShown is how many failures a reader is shown: where one nameserver errs, others do.
const mostShown = 8

// meanings are all steps in their order, with what they are.
func meanings() [][2]string {
	return [][2]string{
		{FirstVote, "an observer says down"},
		{FirstVerdict, "a node concludes it"},
		{LastVerdict, "every node that is not cut off has concluded it"},
		{FirstIncident, "a node says what has failed, and it is that"},
		{LastIncident, "every node that is not cut off says so"},
		{LastNameserver, "every nameserver address that is reachable answers so"},
		{LastClient, "every client has left, through its resolver's cache"},
		{Healed, "the fault is taken away; what comes is counted from here"},
		{BackVerdict, "every node has concluded that all is up"},
		{BackNameserver, "every nameserver address answers as before"},
		{BackClient, "every client is served as before"},
	}
}

// Outcome is what came of one run of a scenario.
type Outcome struct {
	Scenario string   `json:"scenario"`
	Run      int      `json:"run"`
	OK       bool     `json:"ok"`
	Failures []string `json:"failures,omitempty"` // sentences
	Steps    []Step   `json:"steps,omitempty"`
	Notes    []string `json:"notes,omitempty"` // sentences, of what was counted
	Files    string   `json:"files,omitempty"` // where the logs are, if they were kept
	Took     float64  `json:"took"`            // seconds, with building and ending
}

// At adds a step.
func (o *Outcome) At(name string, since, at time.Time) {
	o.Steps = append(o.Steps, Step{name, round(at.Sub(since).Seconds())})
}

// round keeps milliseconds.
func round(seconds float64) float64 {
	return float64(time.Duration(seconds*float64(time.Second)).Round(time.Millisecond)) / float64(time.Second)
}

// Print writes the timeline for a reader.
func (o *Outcome) Print(out io.Writer) {
	verdict := "ok"
	if !o.OK {
		verdict = "FAILED"
	}
	fmt.Fprintf(out, "%s, run %d: %s (%.0f s)\n", o.Scenario, o.Run, verdict, o.Took)
	if len(o.Steps) > 0 {
		fmt.Fprintf(out, "  %8.3f  fault\n", 0.0)
	}
	for _, step := range meanings() {
		for _, s := range o.Steps {
			if s.Name == step[0] {
				fmt.Fprintf(out, "  %8.3f  %-*s  %s\n", s.Seconds, nameWidth, s.Name, step[1])
			}
		}
	}
	for _, n := range o.Notes {
		fmt.Fprintf(out, "  %s\n", n)
	}
	shown := o.Failures[:min(len(o.Failures), mostShown)]
	for _, f := range shown {
		fmt.Fprintf(out, "  FAILED: %s\n", f)
	}
	if more := len(o.Failures) - len(shown); more > 0 {
		fmt.Fprintf(out, "  FAILED: and %d more of the like\n", more)
	}
	if o.Files != "" {
		fmt.Fprintf(out, "  logs: %s\n", o.Files)
	}
}
