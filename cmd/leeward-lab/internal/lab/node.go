//go:build linux

package lab

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// Node is a nameserver: leeward serve, with a directory of its own.
type Node struct {
	Colo, Name string

	dir, program string
	space        *netns.Namespace
	record       *Record
	process      *process
}

const logFile = "log"

// Start starts the node.
func (n *Node) Start() (err error) {
	n.process, err = start(n.space, n.dir, logFile, func(line []byte) { n.record.hear(n.Colo, line) },
		n.program, "serve", "--config", "leeward.yaml")
	return err
}

// Stop asks the node to end, and waits until it has.
func (n *Node) Stop() error {
	n.process.end(syscall.SIGTERM)
	return nil
}

// Kill ends the node.
func (n *Node) Kill() error {
	n.process.end(syscall.SIGKILL)
	return nil
}

// Pause has the system stop the node.
func (n *Node) Pause() error { return n.process.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (n *Node) Resume() error { return n.process.cmd.Process.Signal(syscall.SIGCONT) }

// Command runs a client command of leeward against the node, and gives what it says.
func (n *Node) Command(args ...string) ([]byte, error) {
	cmd := exec.Command(n.program, append(args, "--socket", n.socket())...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("leeward %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return out, nil
}

func (n *Node) socket() string { return filepath.Join(n.dir, "admin.sock") }

// Status is what a node says of the network.
type Status struct {
	VerdictDigest string `json:"verdict_digest"`
	Colos         []struct {
		Name    string `json:"name"`
		Uplinks []struct {
			Upstreams []string `json:"upstreams"`
			Verdict   string   `json:"verdict"`
			Reason    string   `json:"reason"`
			Stale     bool     `json:"stale"`
			Votes     []struct {
				Observer string `json:"observer"`
				State    string `json:"state"`
				Fresh    bool   `json:"fresh"`
			} `json:"votes"`
		} `json:"uplinks"`
	} `json:"colos"`
	Members []struct {
		Name  string `json:"name"`
		State string `json:"state"`
	} `json:"members"`
}

// Status asks the node.
func (n *Node) Status(ctx context.Context) (*Status, error) {
	var s Status
	return &s, n.get(ctx, "/v1/status", &s)
}

// get asks the admin API of the node.
func (n *Node) get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", n.socket())
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://leeward"+path, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(into)
}

// unsettled says what is missing until the node knows that all is up, "" if nothing is.
func (n *Node) unsettled(ctx context.Context, w plan.World, settings map[string]plan.Settings) string {
	s, err := n.Status(ctx)
	if err != nil {
		return err.Error()
	}
	if alive := s.Alive(); alive != len(w.Colos) {
		return fmt.Sprintf("%d of %d members are alive", alive, len(w.Colos))
	}
	for _, c := range s.Colos {
		for _, u := range c.Uplinks {
			name := c.Name + "/" + strings.Join(u.Upstreams, "+")
			if u.Verdict != "up" || u.Stale {
				return fmt.Sprintf("%s is %s: %s", name, u.Verdict, u.Reason)
			}
			observers := len(w.Colos)
			for _, set := range settings {
				if set.Lacks == c.Name {
					observers--
				}
			}
			if len(u.Votes) < observers {
				return fmt.Sprintf("%d of %d votes on %s", len(u.Votes), observers, name)
			}
		}
	}
	return ""
}

// Alive is how many members the node takes for alive.
func (s *Status) Alive() int {
	alive := 0
	for _, m := range s.Members {
		if m.State == "alive" {
			alive++
		}
	}
	return alive
}

// gossipKey makes a key for the nodes.
func gossipKey() (string, error) {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(key[:]) + "\n", nil
}
