//go:build !linux

package probe

import (
	"net/netip"
	"syscall"
)

// icmpErrors hears nothing here: every refusal is taken for the host's.
type icmpErrors struct{}

func (icmpErrors) control(next func(network, address string, c syscall.RawConn) error) func(network, address string, c syscall.RawConn) error {
	return next
}

func (icmpErrors) close() {}

func (icmpErrors) from() netip.Addr { return netip.Addr{} }
