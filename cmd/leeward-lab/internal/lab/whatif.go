//go:build linux

package lab

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"leeward/cmd/leeward-lab/internal/plan"
)

// Forecast is what a node foresees for a client: of each name that would be answered otherwise, the answer now and then.
type Forecast map[string]struct{ Before, After plan.Answer }

// WhatIf asks the node, by leeward whatif, what it would answer a client if places were down, or drained.
func (n *Node) WhatIf(places []string, drained bool, client netip.Prefix) (Forecast, error) {
	flag := "--down"
	if drained {
		flag = "--drained"
	}
	said, err := n.Command("whatif", flag, strings.Join(places, ","), "--client", client.String(), "--json")
	if err != nil {
		return nil, err
	}
	var all struct {
		Client struct {
			Answers []struct {
				Name, Type    string
				Before, After []netip.Addr
			}
		}
	}
	if err := json.Unmarshal(said, &all); err != nil {
		return nil, fmt.Errorf("leeward whatif says %q: %w", said, err)
	}
	f := Forecast{}
	for _, a := range all.Client.Answers {
		f[a.Name] = struct{ Before, After plan.Answer }{plan.AnswerOf(a.Before...), plan.AnswerOf(a.After...)}
	}
	return f, nil
}
