package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// ask probes an address once. It returns nil when the check passed and otherwise why not, soon after ctx ends.
type ask func(ctx context.Context, addr netip.Addr) error

// reach asks an address once whether it is reached, likewise.
type reach func(ctx context.Context, addr netip.AddrPort) error

// maxDetail is the octets of a vote's detail (steering.Vote).
const maxDetail = 64

// word is an error in the words of a vote's detail.
type word string

func (w word) Error() string { return string(w) }

// answer is what a probe came back with.
type answer struct {
	err       error
	took      time.Duration
	cancelled bool // or this node was away while the probe was in flight
}

// conclude makes a result of the answer of a watch's probe. The first row that fits:
//
//	probe                             outcome
//	cancelled                         void
//	no error, longer than slow        slow; never if slow is 0
//	no error                          passed
//	an error of this node's own       void, and handed on
//	any other                         failed
func conclude(order uint64, a answer, addr netip.Addr, limit time.Duration) end {
	r := result{order: order}
	switch {
	case a.cancelled:
		r.outcome = void
	case a.err == nil && limit > 0 && a.took > limit:
		r.outcome, r.detail = slow, "slow: over "+limit.String()
	case a.err == nil:
		r.outcome = passed
	case isOwn(a.err):
		r.outcome = void
		return end{r, a.err}
	default:
		r.outcome, r.detail = failed, detail(a.err, addr)
	}
	return end{result: r}
}

// isOwn says whether this node's state causes an error, whatever the target's: no descriptors, no memory, no free port or
// source address, no route at all (a host without IPv6, say), forbidden by the local packet filter.
func isOwn(err error) bool {
	if _, ok := errors.AsType[noRoute](err); ok {
		return true
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return false
	}
	switch errno {
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL, syscall.EPERM, syscall.EACCES:
		return true
	}
	return false
}

// detail says in a few words why a probe failed. The first row that fits:
//
//	error                              words
//	a word of ours                     the word
//	deadline, ETIMEDOUT                timeout
//	ECONNREFUSED                       connection refused
//	ECONNRESET, EPIPE, ECONNABORTED    connection reset
//	EHOSTUNREACH                       no route to host
//	ENETUNREACH, EAFNOSUPPORT          no IPv4 route, no IPv6 route
//	the peer ended it                  connection closed
//	a certificate, no TLS there        see certificate
//	another                            the innermost error's text, cut to 64 octets
func detail(err error, addr netip.Addr) string {
	var ours word
	var timeout net.Error
	switch {
	case errors.As(err, &ours):
		return clip(string(ours))
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return "connection reset"
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "no route to host"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EAFNOSUPPORT):
		if addr.Unmap().Is4() {
			return "no IPv4 route"
		}
		return "no IPv6 route"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	}
	if w := certificate(err, time.Now()); w != "" {
		return w
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return clip(err.Error())
}

// certificate says what is wrong with a certificate, or that TLS is not spoken at all, or "" when neither is so.
func certificate(err error, now time.Time) string {
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(invalid.Cert.NotBefore):
		return "certificate is not valid yet"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate has expired"
	case errors.As(err, &authority):
		return "certificate of an unknown authority"
	case errors.As(err, &name):
		return "certificate is for another name"
	case errors.As(err, &record):
		return "no TLS there"
	}
	return ""
}

// clip cuts a text to maxDetail octets of valid UTF-8.
func clip(s string) string {
	if len(s) > maxDetail {
		s = s[:maxDetail]
		for !utf8.ValidString(s) && len(s) > maxDetail-utf8.UTFMax {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "?")
}
