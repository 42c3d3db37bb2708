// Package sockets holds sockets that were open before this process wanted them: those of the service manager, and those of
// the process whose place this one takes. It finds out what each of them is, and gives it to who wants one for an address.
package sockets

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Set is sockets that nobody has taken yet. Nil is none. It belongs to one goroutine.
type Set struct{ list []socket }

// socket is one that is open.
type socket struct {
	fd      int
	name    string // as whoever opened it calls it
	network string // udp, tcp, unix; "" for what is of no use here
	addr    netip.AddrPort
	path    string
	both    bool // takes IPv4 too
	what    string
}

// New is a set of descriptors, each with a name for people.
func New(descriptors []int, names []string) *Set {
	s := &Set{}
	for i, fd := range descriptors {
		found := examine(fd)
		if i < len(names) {
			found.name = names[i]
		}
		s.list = append(s.list, found)
	}
	return s
}

// examine finds out what a descriptor is.
//
//	type        state        address                 it is
//	datagram    any          IPv4, IPv6              udp
//	stream      listening    IPv4, IPv6              tcp
//	stream      listening    a path                  unix
//	any         any          anything else           of no use
func examine(fd int) socket {
	s := socket{fd: fd, what: "no socket"}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return s
	}
	listening, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	listens := err == nil && listening != 0
	at, err := unix.Getsockname(fd)
	if err != nil {
		return s
	}
	var words string
	switch at := at.(type) {
	case *unix.SockaddrInet4:
		s.addr = netip.AddrPortFrom(netip.AddrFrom4(at.Addr), uint16(at.Port))
		words = s.addr.String()
	case *unix.SockaddrInet6:
		s.addr = netip.AddrPortFrom(netip.AddrFrom16(at.Addr), uint16(at.Port))
		only, err := unix.GetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
		s.both = err == nil && only == 0 && s.addr.Addr().IsUnspecified()
		words = s.addr.String()
	case *unix.SockaddrUnix:
		s.path = at.Name
		words = at.Name
	}
	switch {
	case kind == unix.SOCK_DGRAM && s.addr.IsValid():
		s.network, s.what = "udp", "UDP "+words
	case kind == unix.SOCK_STREAM && listens && s.addr.IsValid():
		s.network, s.what = "tcp", "TCP "+words
	case kind == unix.SOCK_STREAM && listens && s.path != "":
		s.network, s.what = "unix", words
	default:
		s.what = strings.TrimSpace("a socket of another kind " + words)
	}
	return s
}

// Take gives the descriptors of all sockets of a network, udp or tcp, at an address. They are the caller's from now on. For
// who wants IPv6 alone at [::], one that takes IPv4 too is none.
func (s *Set) Take(network string, addr netip.AddrPort, both bool) []int {
	return s.take(func(k *socket) bool { return k.network == network && k.addr == addr && (both || !k.both) })
}

// TakeUnix gives the descriptor of the socket with a path, and whether there is one.
func (s *Set) TakeUnix(path string) (fd int, ok bool) {
	list := s.take(func(k *socket) bool { return k.network == "unix" && samePath(k.path, path) })
	if len(list) == 0 {
		return -1, false
	}
	return list[0], true
}

func (s *Set) take(wanted func(*socket) bool) (list []int) {
	if s == nil {
		return nil
	}
	s.list = slices.DeleteFunc(s.list, func(k socket) bool {
		if wanted(&k) {
			list = append(list, k.fd)
			return true
		}
		return false
	})
	return list
}

func samePath(a, b string) bool {
	one, err := filepath.Abs(a)
	if err != nil {
		return false
	}
	other, err := filepath.Abs(b)
	return err == nil && one == other
}

// Left is what nobody has taken, in words.
func (s *Set) Left() (list []string) {
	if s == nil {
		return nil
	}
	for _, k := range s.list {
		words := k.what
		if k.name != "" {
			words = fmt.Sprintf("%s (%s)", words, k.name)
		}
		if k.both {
			words += ", which takes IPv4 too and should not (BindIPv6Only=ipv6-only)"
		}
		list = append(list, words)
	}
	return list
}

// Close closes what nobody has taken.
func (s *Set) Close() {
	if s == nil {
		return
	}
	for _, k := range s.list {
		_ = unix.Close(k.fd) // it was opened by another
	}
	s.list = nil
}
