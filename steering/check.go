package steering

import (
	"fmt"
	"slices"
	"time"
)

// CheckType says how an address is probed.
type CheckType string

// The check types of the configuration.
const (
	CheckTCP   CheckType = "tcp"
	CheckHTTP  CheckType = "http"
	CheckHTTPS CheckType = "https"
	CheckDNS   CheckType = "dns"
)

// Check is how an address is probed, and how many probes make a vote.
type Check struct {
	Type CheckType
	Port uint16

	Interval time.Duration // between regular probes
	Timeout  time.Duration // of one probe
	Fall     int           // failures in a row until a vote falls
	Rise     int           // successes in a row until it rises
	Slow     time.Duration // an answer that takes longer counts as lost for lossy, never for a fall; 0: off

	Path   string // http, https: request target
	Host   string // http, https: Host field and TLS server name; "" is the address
	Status []int  // http, https: status codes that are a success
	Verify bool   // https: whether the certificate must verify

	Name  string // dns: qname
	Qtype string // dns: type mnemonic, such as SOA
}

// asks is what a probe asks of an address, in one line. Timing is not part of it: while a change of timing is rolled
// out, nodes with the old and the new one still vote on the same target.
func (c Check) asks() string {
	switch c.Type {
	case CheckHTTP, CheckHTTPS:
		status := slices.Clone(c.Status)
		slices.Sort(status)
		return fmt.Sprintf("%s %d %q %q %v %v", c.Type, c.Port, c.Host, c.Path, slices.Compact(status), c.Verify)
	case CheckDNS:
		return fmt.Sprintf("%s %d %q %s", c.Type, c.Port, c.Name, c.Qtype)
	default:
		return fmt.Sprintf("%s %d", c.Type, c.Port)
	}
}
