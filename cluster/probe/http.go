package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"leeward/steering"
)

const (
	maxHeader  = 64 << 10 // octets read of a response's header
	maxBody    = 64 << 10 // octets read of its body
	maxInterim = 5        // 1xx responses before the final one
)

// httpCheck asks for a path with HTTP/1.1, on a connection of its own each time, and follows no redirect.
//
// It passes when the status is one of those wanted and the body, up to 64 KiB of it, arrives within the timeout: a path
// that lets small packets through and loses large ones shows in the body first. The rest of a longer body is not read.
type httpCheck struct {
	check  steering.Check
	dialer *dialer
	path   *url.URL
	roots  *x509.CertPool // nil: those of the system
}

func newHTTP(c steering.Check, d *dialer) (ask, error) {
	h, err := newHTTPCheck(c, d)
	if err != nil {
		return nil, err
	}
	return h.ask, nil
}

func newHTTPCheck(c steering.Check, d *dialer) (*httpCheck, error) {
	path, err := url.ParseRequestURI(c.Path)
	if err != nil || !strings.HasPrefix(c.Path, "/") {
		return nil, fmt.Errorf("check.path %q: a path begins with /", c.Path)
	}
	h := &httpCheck{check: c, dialer: d, path: path}
	if strings.ContainsAny(c.Host, "/@ ") {
		return nil, fmt.Errorf("check.host %q: a host is a name or an address, with or without a port", c.Host)
	}
	if _, err := h.request(c.Host); err != nil {
		return nil, fmt.Errorf("check.host %q: %w", c.Host, err)
	}
	return h, nil
}

func (h *httpCheck) ask(ctx context.Context, addr netip.Addr) error {
	host := h.host(addr)
	request, err := h.request(host)
	if err != nil {
		return err
	}
	conn, closeConn, err := h.dialer.dial(ctx, "tcp", netip.AddrPortFrom(addr.Unmap(), h.check.Port))
	if err != nil {
		return err
	}
	defer closeConn()
	if h.check.Type == steering.CheckHTTPS {
		secure := tls.Client(conn, &tls.Config{
			ServerName:         withoutPort(host),
			InsecureSkipVerify: !h.check.Verify,
			RootCAs:            h.roots,
			NextProtos:         []string{"http/1.1"},
		})
		if err := secure.Handshake(); err != nil { // ended by the connection's deadline
			return err
		}
		conn = secure
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	return h.response(conn)
}

// host is the Host field: as configured, or the address, with the port unless it is the scheme's own (RFC 9110,
// section 4.2).
func (h *httpCheck) host(addr netip.Addr) string {
	if h.check.Host != "" {
		return h.check.Host
	}
	at := netip.AddrPortFrom(addr.Unmap().WithZone(""), h.check.Port)
	usual := uint16(80)
	if h.check.Type == steering.CheckHTTPS {
		usual = 443
	}
	if at.Port() == usual {
		return strings.TrimSuffix(at.String(), fmt.Sprintf(":%d", at.Port()))
	}
	return at.String()
}

// withoutPort is the name or address of a Host field.
func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// request is the octets to send.
func (h *httpCheck) request(host string) ([]byte, error) {
	r := http.Request{
		Method: http.MethodGet,
		URL:    h.path,
		Host:   host,
		Header: http.Header{"User-Agent": {userAgent}, "Accept": {"*/*"}},
		Close:  true,
	}
	if host == "" {
		r.Host = "localhost" // only to see that the rest can be written
	}
	var b bytes.Buffer
	err := r.Write(&b)
	return b.Bytes(), err
}

// response reads a response and says what is wrong with it.
func (h *httpCheck) response(conn net.Conn) error {
	limit := &io.LimitedReader{R: conn, N: maxHeader}
	reader := bufio.NewReader(limit)
	var r *http.Response
	for range maxInterim + 1 {
		var err error
		r, err = http.ReadResponse(reader, nil)
		switch {
		case err != nil && limit.N == 0:
			return word("response header too long")
		case err != nil && strings.Contains(err.Error(), "malformed"): // net/http exports no type for these
			return word("malformed HTTP response")
		case err != nil:
			return err
		}
		if r.StatusCode >= 200 || r.StatusCode == http.StatusSwitchingProtocols {
			break
		}
	}
	if !slices.Contains(h.check.Status, r.StatusCode) {
		return word(fmt.Sprintf("status %d", r.StatusCode))
	}
	limit.N = math.MaxInt64
	_, err := io.CopyN(io.Discard, r.Body, maxBody)
	if err == io.EOF { // the whole body was shorter
		return nil
	}
	return err
}
