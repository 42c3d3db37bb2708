//go:build !linux

package dnsserver

import (
	"net/netip"
	"syscall"
)

// canShare says whether several sockets can take turns on one UDP port: only Linux spreads the load.
const canShare = false

// socketOptions has nothing to set.
func socketOptions(netip.Addr) func(network, address string, c syscall.RawConn) error { return nil }

// controlSize is room for control messages: none are asked for.
const controlSize = 0

// replyFrom leaves the reply's source to the system.
func replyFrom([]byte) []byte { return nil }
