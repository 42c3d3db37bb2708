package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
)

// Client asks a running node.
type Client struct {
	where string // for people
	base  string
	token string // "": none
	http  *http.Client
}

// NoServer is the error when no node answers.
type NoServer struct {
	Where string
	Err   error
}

func (e *NoServer) Error() string { return fmt.Sprintf("no server answers on %s: %v", e.Where, e.Err) }

func (e *NoServer) Unwrap() error { return e.Err }

// BadRequest is the error of a request that the node could not make sense of.
type BadRequest struct{ Reason string }

func (e *BadRequest) Error() string { return e.Reason }

// How long a request may take: a question a moment, an order somewhat more, and what reads zones as long as a start may, or as
// it says itself.
const (
	question = 5 * time.Second
	patience = time.Minute
	reading  = time.Hour
	upgrade  = 24 * time.Hour
)

// patienceFor is how long an answer to a request is waited for.
func patienceFor(method, path string) time.Duration {
	switch {
	case path == upgradePath:
		return upgrade
	case path == reloadPath, strings.HasSuffix(path, "/diff"), strings.HasSuffix(path, "/rollback"):
		return reading
	case method == http.MethodGet:
		return question
	}
	return patience
}

// AtSocket is a client of the node behind a Unix socket.
func AtSocket(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Client{where: path, base: "http://leeward",
		http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// cause is the bare reason of a request that nobody answered: where it went is said already.
func cause(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	errno, isErrno := errors.AsType[syscall.Errno](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return errors.New("it is open, but nothing is said there in time: the server is stopped, or overloaded")
	case errno == syscall.EACCES:
		return errors.New("permission denied: it is for the server's user and group (to look only: --admin)")
	case errno == syscall.ECONNREFUSED:
		return errors.New("connection refused: the server is not running")
	case isErrno:
		return errno
	}
	return err
}

// Status asks for the status.
func (c *Client) Status() (s Status, err error) { return s, c.Do("GET", "/v1/status", nil, &s) }

// Ready asks whether the node is to be sent queries.
func (c *Client) Ready() (r Readiness, err error) { return r, c.Do("GET", "/v1/ready", nil, &r) }

// Explain asks for the decision on a name.
func (c *Client) Explain(name, qtype, client string) (*dnsserver.Explanation, error) {
	query := url.Values{"name": {name}, "type": {qtype}, "client": {client}}
	var e dnsserver.Explanation
	return &e, c.Do("GET", "/v1/explain?"+query.Encode(), nil, &e)
}

// WhatIf asks what would become of the answers if places were down or drained. The client, whose answers are shown, may be
// left out.
func (c *Client) WhatIf(down, drained []string, client string) (*dnsserver.Forecast, error) {
	query := url.Values{"down": down, "drained": drained, "client": {client}}
	var f dnsserver.Forecast
	return &f, c.Do("GET", "/v1/whatif?"+query.Encode(), nil, &f)
}

// Reload orders a reload.
func (c *Client) Reload(r ReloadRequest) (result ReloadResult, err error) {
	return result, c.Do("POST", reloadPath, r, &result)
}

// Upgrade orders an upgrade, which may take as long as the zones take to read.
func (c *Client) Upgrade(r UpgradeRequest) (result UpgradeResult, err error) {
	return result, c.Do("POST", upgradePath, r, &result)
}

// Paths of orders that take long.
const (
	reloadPath  = "/v1/reload"
	upgradePath = "/v1/upgrade"
)

// Drain orders a drain.
func (c *Client) Drain(r DrainRequest) (o Override, err error) {
	return o, c.Do("POST", "/v1/overrides", r, &o)
}

// Undrain ends a drain.
func (c *Client) Undrain(place steering.Place, by string) error {
	return c.Do("DELETE", "/v1/overrides/"+string(place)+"?"+url.Values{"by": {by}}.Encode(), nil, nil)
}

// Keys asks how the node stands with its gossip keys.
func (c *Client) Keys() (k Keys, err error) { return k, c.Do("GET", "/v1/keys", nil, &k) }

// ReloadKeys has the node read its key files anew.
func (c *Client) ReloadKeys() (k Keys, err error) { return k, c.Do("POST", "/v1/keys", nil, &k) }

// Do makes a request; a body and a place for the result are optional. An error is a *NoServer when nobody answers, a
// *Refusal when the node refuses what it understood.
func (c *Client) Do(method, path string, body, into any) error {
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patienceFor(method, path))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return &NoServer{c.where, cause(err)}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var f failure
		if err := json.NewDecoder(response.Body).Decode(&f); err != nil || f.Error == "" {
			return fmt.Errorf("%s answers %s to %s", c.where, response.Status, path)
		}
		switch response.StatusCode {
		case http.StatusConflict, http.StatusForbidden, http.StatusNotFound:
			return &Refusal{f.Error}
		}
		return &BadRequest{f.Error}
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", c.where, err)
	}
	return nil
}
