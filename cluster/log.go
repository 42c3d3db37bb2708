package cluster

import (
	"context"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// memberlistLogger gives memberlist a logger whose lines go to the node's.
func (n *Node) memberlistLogger() *log.Logger {
	return log.New(&translator{logger: n.logger, now: n.now, refused: n.refused.add, last: map[string]time.Time{}}, "", 0)
}

// translator takes memberlist's lines, one a call, apart.
type translator struct {
	logger  *slog.Logger
	now     func() time.Time
	refused func(refusal)

	mu   sync.Mutex
	last map[string]time.Time // when a sort of line was last let through
}

// quiet is how long a sort of line is kept back after it was let through.
const quiet = time.Minute

// Write logs a line.
//
//	line                                 level   how often            counts as refused
//	what came could not be read          warn    once a minute        yes
//	conflict of names, which rival logs  debug   always               no
//	a rumour of this node refuted        debug   always               no (an ordinary restart)
//	WARN, ERR                            warn    a sort once a minute no
//	anything else                        debug   always               no
func (t *translator) Write(line []byte) (int, error) {
	level, text := slog.LevelDebug, strings.TrimSpace(string(line))
	for _, serious := range []string{"[WARN] ", "[ERR] ", "[ERROR] "} {
		if rest, ok := strings.CutPrefix(text, serious); ok {
			level, text = slog.LevelWarn, rest
		}
	}
	text = strings.TrimPrefix(text, "[DEBUG] ")
	text = strings.TrimPrefix(text, "[INFO] ")
	text = strings.TrimPrefix(text, "memberlist: ")
	sort, _, _ := strings.Cut(text, ":")
	sort, _, _ = strings.Cut(sort, "'") // a name follows
	if len(sort) > 40 {
		sort = sort[:40]
	}
	switch {
	case level == slog.LevelWarn && unreadable(text):
		t.refused(why(text))
		sort, text = "unreadable", "a stranger, or a node with another gossip key, speaks to this node: "+text
	case strings.HasPrefix(text, "Conflicting address"), strings.HasPrefix(text, "Refuting a "):
		level = slog.LevelDebug
	}
	if level == slog.LevelWarn && !t.pass(sort) {
		level = slog.LevelDebug
	}
	t.logger.Log(context.Background(), level, text)
	return len(line), nil
}

// why says why what a line tells of could not be read.
func why(text string) refusal {
	if lackOfKey(text) {
		return refusedKey
	}
	return refusedMalformed
}

// unreadable says whether a line tells of a packet or stream that could not be read.
func unreadable(text string) bool {
	for _, start := range []string{"Decrypt packet failed", "failed to receive", "Failed to decode", "msg type (", "Failed to receive"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// pass says whether a line of this sort may be let through again.
func (t *translator) pass(sort string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if last, ok := t.last[sort]; ok && now.Sub(last) < quiet {
		return false
	}
	if len(t.last) >= 100 {
		clear(t.last)
	}
	t.last[sort] = now
	return true
}
