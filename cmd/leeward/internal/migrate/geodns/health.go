package geodns

import (
	"fmt"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// health is the test of a label as a check; nil without one.
//
//	type     check
//	tcp      tcp
//	http     http, or https with "https": true
//	others   none, with a note
func (z *zone) health(of string, n *node) (*migrate.Check, error) {
	h := n.get("health")
	if h == nil || h.kind != isObject {
		return nil, nil
	}
	if check, done := z.checks[of]; done {
		return check, nil
	}
	kind := h.get("type").text()
	check := &migrate.Check{At: h.at}
	fallback := 80
	switch kind {
	case "tcp":
		check.Type = steering.CheckTCP
	case "http":
		check.Type, check.Path, check.Host = steering.CheckHTTP, h.get("uri").text(), h.get("host").text()
		if ssl := h.get("https"); ssl != nil && ssl.scalar == true {
			check.Type, check.Verify, fallback = steering.CheckHTTPS, true, 443
		}
	default:
		z.site.Lose(h.at, fmt.Sprintf("%q: health: type %s", of, kind), "it says which addresses are up",
			"its addresses are not probed: give Leeward a check of type tcp, http, https or dns, and their colos probe:")
		z.checks[of] = nil
		return nil, nil
	}
	port, err := h.get("port").number("port", fallback, 65535)
	if err != nil {
		return nil, err
	}
	check.Port = uint16(max(port, 1))
	seconds, err := h.get("timeout").number("timeout", 0, 10)
	if err != nil {
		return nil, err
	}
	check.Timeout = time.Duration(seconds) * time.Second
	interval, err := h.get("frequency").number("frequency", 0, 3600)
	if err != nil {
		return nil, err
	}
	check.Interval = time.Duration(interval) * time.Second
	retries, err := h.get("retries").number("retries", 0, 1000)
	if err != nil {
		return nil, err
	}
	check.Fall = retries
	check.Name = strings.TrimSpace(fmt.Sprintf("health %s %d %s%s", kind, check.Port, check.Host, check.Path))
	z.checks[of] = check
	return check, nil
}
